"""What was said, and where an answer to it goes: shared by events and decisions.

Plain frozen dataclasses: the engine passes them through untouched, pydantic validates them on
the wire and orjson writes them.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from libs.common.contracts.terms import AddressFamily, ContactPointKey, Name, ShortText, Text

Address = Annotated[str, Field(min_length=1, max_length=320)]
Labels = Annotated[dict[Name, ShortText], Field(max_length=16)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message, by reference: its bytes never enter the log."""

    name: ShortText
    media_type: ShortText
    size_bytes: Annotated[int, Field(ge=0)] | None = None
    reference: Annotated[str, Field(max_length=1_000)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One utterance. `is_cut` says that the text was longer than the limit."""

    text: Text
    subject: ShortText | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=32)] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddress:
    """Where an answer goes: through which endpoint of ours, to which address of theirs.

    `thread` holds what the channel needs to answer in place (a mail's Message-ID, a chat id).
    """

    channel: Name
    endpoint_id: Name
    contact_point_id: ContactPointKey
    family: AddressFamily
    address: Address
    thread: Annotated[dict[Name, Annotated[str, Field(max_length=1_000)]], Field(max_length=8)] = (
        field(default_factory=dict)
    )
