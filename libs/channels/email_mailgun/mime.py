"""Opens a raw mail and finds its text and its attachments, whatever state it is in."""

import binascii
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser

from libs.channels.email_mailgun.headers import READING_ERRORS, Mail, decoded_words, header_text
from libs.channels.email_mailgun.html_text import text_of_html
from libs.channels.normalisation import ATTACHMENTS_MAX, clean_short
from libs.common.contracts.content import Attachment
from libs.common.errors import MalformedBodyError

PARTS_MAX = 500
# The contract's text is far shorter, and reading more would be work for nothing; HTML carries
# much that isn't text.
PLAIN_BYTES_MAX = 256 * 1024
HTML_BYTES_MAX = 1024 * 1024
# Codecs that Python knows and that are no charset of a mail; some are slow on purpose-made input.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """What the mail says, and the files with it."""

    text: str
    attachments: tuple[Attachment, ...]


def open_mail(source: bytes) -> Mail:
    """The mail's structure. Anything is a mail, if only one without headers.

    Raises MalformedBodyError if it is nested beyond reason.
    """
    try:
        # The old policy reads structure from any header; the new one raises on some of them.
        return BytesParser(policy=policy.compat32).parsebytes(source)
    except READING_ERRORS as error:
        raise MalformedBodyError("body-mime: can't be read as a mail") from error


def body_of(mail: Mail) -> MailBody:
    """The mail's text, plain where there is one and taken from its HTML otherwise, and at most
    32 attachments, by name and size.
    """
    plain: list[str] = []
    rich: list[str] = []
    attachments: list[Attachment] = []
    for part in _leaves(mail):
        media_type = part.get_content_type()
        if _is_attachment(part, media_type):
            if len(attachments) < ATTACHMENTS_MAX:
                attachments.append(_attachment(part, media_type))
        elif media_type == "text/html":
            rich.append(text_of_html(_decoded_text(part, HTML_BYTES_MAX)))
        else:
            plain.append(_decoded_text(part, PLAIN_BYTES_MAX))
    text = "\n".join(filter(str.strip, plain)) or "\n".join(filter(str.strip, rich))
    return MailBody(text=text, attachments=tuple(attachments))


def _leaves(mail: Mail) -> list[Mail]:
    """The parts without parts, in order. A mail inside the mail is one part."""
    leaves: list[Mail] = []
    waiting: list[Mail] = [mail]
    seen = 0
    while waiting and seen < PARTS_MAX:
        seen += 1
        part = waiting.pop(0)
        # Asked without parts, the library would decode the text, and it fails on some.
        children = part.get_payload() if part.is_multipart() else ""
        if part.get_content_maintype() == "multipart" and isinstance(children, list):
            waiting[:0] = [child for child in children if not isinstance(child, str)]
        else:
            leaves.append(part)
    return leaves


def _is_attachment(part: Mail, media_type: str) -> bool:
    if media_type not in ("text/plain", "text/html"):
        # A broken multipart has no parts; its lines are all that is left of the text.
        return not media_type.startswith("multipart/")
    return _disposition(part) == "attachment" or _file_name(part) is not None


def _disposition(part: Mail) -> str | None:
    try:
        return part.get_content_disposition()
    except READING_ERRORS:
        return None


def _file_name(part: Mail) -> str | None:
    try:
        name = part.get_filename()
    except READING_ERRORS:
        return None
    # Encoded words have no place in a file's name, and are common there.
    return clean_short(decoded_words(name)) if name else None


def _attachment(part: Mail, media_type: str) -> Attachment:
    name = _file_name(part)
    size_bytes: int | None = None
    if part.is_multipart():
        inner = part.get_payload(0)
        if name is None and isinstance(inner, type(part)):
            name = clean_short(header_text(inner, "subject"))
    else:
        size_bytes = len(_decoded_bytes(part))
    kind = clean_short(media_type) or "application/octet-stream"
    return Attachment(
        name=name or kind.replace("/", "."),
        media_type=kind,
        size_bytes=size_bytes,
    )


def _decoded_bytes(part: Mail) -> bytes:
    try:
        decoded = part.get_payload(decode=True)
    except (*READING_ERRORS, binascii.Error):
        decoded = None
    return decoded if isinstance(decoded, bytes) else b""


def _decoded_text(part: Mail, size_bytes_max: int) -> str:
    source = _decoded_bytes(part)[:size_bytes_max]
    for charset in (_charset(part), "utf-8", "cp1252"):
        try:
            return source.decode(charset)
        except (LookupError, ValueError):
            continue
    return source.decode("utf-8", errors="replace")


def _charset(part: Mail) -> str:
    try:
        charset = str(part.get_content_charset() or "utf-8")
    except READING_ERRORS:
        return "utf-8"
    # UTF-8 holds ASCII; mails that say ASCII and hold more are common.
    name = charset.strip().lower().replace("-", "_")
    return "utf-8" if name in _NO_CHARSETS | {"us_ascii", "ascii"} else charset
