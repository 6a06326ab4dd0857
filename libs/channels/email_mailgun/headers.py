"""Reads a mail's headers, however they are broken: the standard library's reading first, the
words as they stand where it gives up.
"""

import re
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.header import Header
from email.headerregistry import AddressHeader
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, TypeAlias

from libs.channels.email_mailgun.addresses import normalise_address

Mail: TypeAlias = "Message[Any, Any]"

# The library's header grammar is recursive and slow on long values; nothing beyond this is read.
HEADER_LENGTH_MAX = 4_096
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
# What the header grammar is known to let through on hostile values.
READING_ERRORS = (
    AssertionError,
    AttributeError,
    LookupError,
    MessageError,
    RecursionError,
    TypeError,
    ValueError,
)


def raw_header(mail: Mail, name: str) -> str:
    """The first header of that name as it stands, unfolded; empty if there is none. Bytes beyond
    ASCII are read as UTF-8, or as Western European if they aren't.
    """
    value = next((value for key, value in mail.raw_items() if key.lower() == name), "")
    text = str(value) if isinstance(value, Header) else value
    unfolded = " ".join(text.split())[:HEADER_LENGTH_MAX]
    encoded = unfolded.encode("utf-8", errors="surrogateescape")
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError:
        return encoded.decode("cp1252", errors="replace")


def header_text(mail: Mail, name: str) -> str:
    """The header's text with encoded words decoded; empty if there is none."""
    return decoded_words(raw_header(mail, name))


def decoded_words(raw: str) -> str:
    """The text with its encoded words decoded, those that can be."""
    try:
        return str(policy.default.header_factory("subject", raw[:HEADER_LENGTH_MAX]))
    except READING_ERRORS:
        return raw


def sender_of(mail: Mail) -> tuple[str, str] | None:
    """The first usable address of From, normalised, with its display name (empty if none)."""
    raw = raw_header(mail, "from")
    for name, text in [*_parsed_addresses(raw), *_split_addresses(raw)]:
        address = normalise_address(text)
        if address is not None:
            return address, name
    return None


def _parsed_addresses(raw: str) -> list[tuple[str, str]]:
    try:
        header = policy.default.header_factory("from", raw)
        addresses = header.addresses if isinstance(header, AddressHeader) else ()
        return [(address.display_name, address.addr_spec) for address in addresses]
    except READING_ERRORS:
        return []


def _split_addresses(raw: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([raw])
    except READING_ERRORS:
        # Comments in comments: this grammar is recursive as well.
        return []


def message_id_of(mail: Mail, name: str = "message-id") -> str | None:
    """The first message id in the header, without its brackets."""
    found = _MESSAGE_ID.search(raw_header(mail, name))
    return found[1] if found else None


def references_of(mail: Mail) -> tuple[str, ...]:
    """The ids of the mails that this one answers, oldest first."""
    named = f"{raw_header(mail, 'references')} {raw_header(mail, 'in-reply-to')}"
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))


def sent_at_ms_of(mail: Mail) -> int | None:
    """The Date header; None if there is none or nobody can read it."""
    try:
        date: datetime = parsedate_to_datetime(raw_header(mail, "date"))
        return int(date.timestamp() * 1_000)
    except (*READING_ERRORS, OverflowError):
        return None
