"""Brings a reply to a mail address: the finished mail, and what the mail server's answer means.

The Message-ID derives from the reply's id, so a mail that was sent twice is one mail to every
mail program that looks at it.
"""

import re
from datetime import UTC, datetime
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr

from libs.channels.channel import DeliveryResult, OutgoingReply
from libs.channels.delivery import (
    failed_for_good,
    failed_for_now,
    foreign_response,
    sent,
    unanswered,
)
from libs.channels.email_mailgun.addresses import normalise_address
from libs.channels.email_mailgun.settings import EmailSettings
from libs.channels.normalisation import clean_short, identifier_of
from libs.channels.transport import (
    MailRequest,
    MailResponse,
    MailServer,
    NoResponse,
    TransportResponse,
)
from libs.common.errors import UnprocessableError

SUBJECT_WITHOUT_THREAD = "Your message"
_LINE_LENGTH_MAX = 900  # Mail allows 998 bytes in a line.
_REPLY_PREFIX = re.compile(r"re(\[\d+\])?:", re.IGNORECASE)
_LOCAL_PART = re.compile(r"[A-Za-z0-9._-]{1,100}")
_IDS = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>( <[\x21-\x3b\x3d\x3f-\x7e]{1,900}>)*")
_STATUS_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_QUEUED_AS = re.compile(r"queued as ([\x21-\x7e]{1,100})", re.IGNORECASE)
# The library's new policy breaks long References into encoded words, which breaks threads.
_POLICY = compat32.clone(linesep="\r\n", mangle_from_=False)


def build_mail(reply: OutgoingReply, *, settings: EmailSettings) -> MailRequest:
    """The mail that answers the customer's last one in its thread.

    Raises UnprocessableError if the reply's address is no mail address in ASCII.
    """
    address = normalise_address(reply.reply_to.address)
    if address is None or not address.isascii():
        raise UnprocessableError("reply's address is no mail address in ASCII")
    message_id = message_id_of_reply(reply.reply_id, settings.address)
    return MailRequest(
        name="email.send",
        server=MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            username=settings.smtp_username,
            password=settings.smtp_password,
        ),
        envelope_from=settings.address,
        envelope_to=address,
        message=_mail(reply, settings=settings, address=address, message_id=message_id),
        message_id=message_id,
        timeout_s=settings.timeout_s,
    )


def message_id_of_reply(reply_id: str, our_address: str) -> str:
    """The Message-ID, in its brackets, of the mail that carries the reply."""
    local = reply_id if _LOCAL_PART.fullmatch(reply_id) else identifier_of("reply", reply_id, " ")
    return f"<{local}@{our_address.partition('@')[2]}>"


def _mail(reply: OutgoingReply, *, settings: EmailSettings, address: str, message_id: str) -> bytes:
    text = reply.content.text
    is_plain = text.isascii() and all(len(line) <= _LINE_LENGTH_MAX for line in text.split("\n"))
    mail = MIMEText(text + "\n", "plain", "us-ascii" if is_plain else "utf-8", policy=_POLICY)
    mail["From"] = formataddr((settings.display_name, settings.address))
    mail["To"] = address
    mail["Subject"] = _subject(reply.reply_to.thread.get("subject"))
    mail["Date"] = format_datetime(datetime.fromtimestamp(reply.filed_at_ms / 1_000, tz=UTC))
    mail["Message-ID"] = message_id
    for header, name in (("In-Reply-To", "message_id"), ("References", "references")):
        ids = reply.reply_to.thread.get(name, "")
        if _IDS.fullmatch(ids):  # What came from outside goes into no header unchecked.
            mail[header] = ids
    return mail.as_bytes(policy=_POLICY)


def _subject(subject: str | None) -> str:
    line = clean_short(subject) or SUBJECT_WITHOUT_THREAD
    return line if _REPLY_PREFIX.match(line) else f"Re: {line}"


def read_response(response: TransportResponse) -> DeliveryResult:
    """What became of one mail: taken (2xx), refused for now (4xx) or for good (5xx)."""
    match response:
        case MailResponse():
            return _read_answer(response)
        case NoResponse():
            return unanswered(response)
        case _:
            return foreign_response(type(response).__name__)


def _read_answer(response: MailResponse) -> DeliveryResult:
    # The server's words may hold the address, so only its codes are told.
    enhanced = _STATUS_CODE.search(response.message)
    detail = f"mail server answered {response.code}" + (f" {enhanced[0]}" if enhanced else "")
    match response.code // 100:
        case 2:
            queued_as = _QUEUED_AS.search(response.message)
            return sent(queued_as[1] if queued_as else None)
        case 4:
            return failed_for_now(detail)
        case _:
            return failed_for_good(detail)
