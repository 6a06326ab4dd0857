"""Reads a posted mail as a customer's message, or says why it is none.

The event's id derives from the mail's Message-ID, so that the copies of one mail that reach the
same endpoint by several ways are one message; without one, from the whole mail's digest, which
stays the same when the provider repeats its post under another token.
"""

from libs.channels.channel import Ignored
from libs.channels.email_mailgun.addresses import normalise_address
from libs.channels.email_mailgun.form import Fields
from libs.channels.email_mailgun.headers import (
    Mail,
    header_text,
    message_id_of,
    raw_header,
    references_of,
    sender_of,
    sent_at_ms_of,
)
from libs.channels.email_mailgun.mime import body_of, open_mail
from libs.channels.email_mailgun.quotations import is_reply, without_quotation
from libs.channels.email_mailgun.settings import EmailSettings
from libs.channels.inbound import Reading, Sender
from libs.channels.normalisation import clean_short, content_of, identifier_of
from libs.common.contracts.terms import AddressFamily
from libs.common.errors import InvalidInputError

REFERENCES_LENGTH_MAX = 900
_MAILER_DAEMON = "mailer-daemon"
_MS_PER_S = 1_000


def read_mail(fields: Fields, *, settings: EmailSettings) -> Reading | Ignored:
    """The mail in the form's field `body-mime`.

    Raises InvalidInputError if there is no such field, MalformedBodyError if it can't be opened.
    """
    if "body-mime" not in fields:
        raise InvalidInputError("body-mime: missing (the route's address must end in 'mime')")
    mail = open_mail(fields["body-mime"])
    sender = sender_of(mail) or _envelope_sender(fields)
    reason = _reason_to_ignore(mail, sender, settings)
    if reason or sender is None:
        return Ignored(reason or "email.no_sender")
    address, name = sender
    return _reading(
        mail,
        sender=Sender(
            family=AddressFamily.EMAIL,
            address=address,
            name=name,
            language=raw_header(mail, "content-language").partition(",")[0],
        ),
        fields=fields,
    )


def _envelope_sender(fields: Fields) -> tuple[str, str] | None:
    address = normalise_address(_field_text(fields, "sender"))
    return (address, "") if address else None


def _field_text(fields: Fields, name: str) -> str:
    return fields.get(name, b"").decode("utf-8", errors="replace")


def _reason_to_ignore(
    mail: Mail, sender: tuple[str, str] | None, settings: EmailSettings
) -> str | None:
    if mail.get_content_type() == "multipart/report":
        kind = raw_header(mail, "content-type").lower()
        return "email.delivery_report" if "delivery-status" in kind else "email.report"
    if raw_header(mail, "x-failed-recipients"):
        return "email.delivery_report"
    if sender is not None and sender[0].partition("@")[0] == _MAILER_DAEMON:
        return "email.delivery_report"
    if sender is not None and sender[0] == settings.address:
        return "email.sent_by_ourselves"  # A mail of ours that came back must not go round.
    return None


def _reading(mail: Mail, *, sender: Sender, fields: Fields) -> Reading:
    subject = clean_short(header_text(mail, "subject"))
    references = references_of(mail)
    body = body_of(mail)
    text = body.text.replace("\r\n", "\n")
    if is_reply(subject=subject or "", has_references=bool(references)):
        text = without_quotation(text)
    message_id = message_id_of(mail)
    return Reading(
        provider_message_id=_identifier(message_id, fields["body-mime"]),
        sender=sender,
        content=content_of(text, subject=subject, attachments=body.attachments),
        # The signed time of the post first: an old or wrong Date must not make the mail too old.
        sent_at_ms=_posted_at_ms(fields) or sent_at_ms_of(mail),
        thread=_thread(message_id, references=references, subject=subject),
        labels={"auto_reply": "yes"} if _is_auto_reply(mail) else {},
    )


def _identifier(message_id: str | None, source: bytes) -> str:
    if message_id is not None:
        return identifier_of(message_id)
    return identifier_of("mime", source.decode("latin-1"))


def _posted_at_ms(fields: Fields) -> int | None:
    timestamp = fields.get("timestamp", b"")
    return int(timestamp) * _MS_PER_S if timestamp.isdigit() else None


def _thread(
    message_id: str | None, *, references: tuple[str, ...], subject: str | None
) -> dict[str, str]:
    """What an answer's headers will hold; the newest references survive the limit."""
    thread = {"subject": subject} if subject else {}
    if message_id is None:
        return thread
    chain = [f"<{message_id}>"]
    for reference in reversed(references):
        if len(" ".join([f"<{reference}>", *chain])) > REFERENCES_LENGTH_MAX:
            break
        if reference != message_id:
            chain.insert(0, f"<{reference}>")
    return thread | {"message_id": f"<{message_id}>", "references": " ".join(chain)}


def _is_auto_reply(mail: Mail) -> bool:
    """Whether a machine answered for the sender (RFC 3834, and what came before it)."""
    submitted = raw_header(mail, "auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or raw_header(mail, "precedence").lower() == "auto_reply"
        or bool(raw_header(mail, "x-autoreply") or raw_header(mail, "x-autorespond"))
    )
