"""Real mails, as a mail provider would hand them over; an agent answers in words of our own."""

import re
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from demo.traffic.episodes import Episode, Exchange, Mail, Source
from libs.channels.email_mailgun.headers import header_text, message_id_of, sender_of
from libs.channels.email_mailgun.mime import body_of, open_mail

FOLDER = "emails_rfc822/mikel_mail"
# One mail of each sender and each make: plain, with files, Japanese, Estonian, broken headers.
FILES = (
    "rfc2822/example08.eml",
    "plain_emails/raw_email_trailing_dot.eml",
    "attachment_emails/attachment_pdf.eml",
    "error_emails/empty_in_reply_to.eml",
    "plain_emails/raw_email_reply.eml",
    "multi_charset/japanese_attachment_long_name.eml",
    "plain_emails/raw_email_simple.eml",
    "rfc2822/example06.eml",
    "mime_emails/raw_email_with_nested_attachment.eml",
    "attachment_emails/attachment_with_quoted_filename.eml",
    "mime_emails/two_from_in_message.eml",
    "error_emails/header_fields_with_empty_values.eml",
    "plain_emails/basic_email.eml",
    "mime_emails/sig_only_email.eml",
    "plain_emails/raw_email_multiple_from.eml",
)

_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_DATE = re.compile(rb"^date:[^\r\n]*(\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)


def read_mails(folder: Path, *, at_most: int) -> list[Episode]:
    """Those of the chosen mails that are there, one episode each."""
    paths = [folder / FOLDER / name for name in FILES]
    found = [_episode(path.read_bytes()) for path in paths if path.exists()]
    # Two copies of a mail are one message, and two mails of one sender one conversation.
    by_sender = {episode.address: episode for episode in reversed(found) if episode is not None}
    return list(reversed(by_sender.values()))[:at_most]


def dated(source: bytes, date: datetime) -> bytes:
    """The mail as if it had been written at `date`, otherwise byte for byte as it was.

    What is older than two days the router refuses, visibly: its memory of ids could not tell such
    a message from a repeat. The collection's mails are from 1997 and after.
    """
    found = _HEADERS_END.search(source)
    end = found.start() if found else len(source)
    headers = _DATE.sub(b"Date: " + format_datetime(date).encode(), source[:end], count=1)
    return headers + source[end:]


def _episode(source: bytes) -> Episode | None:
    mail = open_mail(source)
    sender, message_id = sender_of(mail), message_id_of(mail)
    if sender is None or message_id is None:
        return None
    subject = header_text(mail, "subject") or "(no subject)"
    answered = (
        f"Thank you for your mail “{subject}”. We have read it and looked into the matter.\n"
        "Please answer this mail if anything is left open."
    )
    first_line = next(iter(body_of(mail).text.strip().splitlines()), "")
    return Episode(
        source=Source.MAILS,
        language="en",
        topic="mail",
        address=sender[0],
        exchanges=(Exchange(asked=f"{subject}: {first_line}".strip(": "), answered=answered),),
        mail=Mail(message_id=message_id, source=source),
    )
