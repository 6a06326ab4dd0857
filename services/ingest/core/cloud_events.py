"""The CloudEvents that integrators send: their forms on the wire and their fields, in our words.

An integrator names customers by `{family, address}` and our addresses by `endpoint_id`; ids of
ours are derived here and never taken from outside. Unknown envelope attributes are ignored, as
CloudEvents asks; unknown fields of `data` are mistakes.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
)

from libs.common.contracts.content import Address, Attachment, Labels
from libs.common.contracts.terms import AddressFamily, Identifier, Name, ShortText, Text

# Printable: control characters would let two different (source, id) pairs meet in one event id.
Printable = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
Extension = Annotated[str, Field(max_length=256)]
ThreadValue = Annotated[str, Field(max_length=1_000)]

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
INTEGER_MAX = 2**63 - 1
ATTRIBUTE_KEY_LENGTH_MAX = 128
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def _read_timestamp(value: object) -> datetime:
    """RFC 3339 and nothing else: pydantic would take a bare number as seconds since 1970."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        raise ValueError("must be an RFC 3339 timestamp with an offset")
    try:
        time = datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError("no such time") from error
    if not EARLIEST <= time < LATEST:
        raise ValueError("must be between the years 1970 and 2200")
    return time.astimezone(UTC)


Timestamp = Annotated[AwareDatetime, BeforeValidator(_read_timestamp)]


class Input(BaseModel):
    """A body from outside: immutable, and unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CustomerAddress(Input):
    """One address of a customer. Phone numbers are one family whichever channel carried them."""

    family: AddressFamily
    address: Address = Field(examples=["anna@example.org"])


class MessageInput(Input):
    """A customer said something on one of your endpoints; it is routed to people."""

    endpoint_id: Name = Field(description="One of your endpoints; it decides desk and channel.")
    customer: CustomerAddress
    text: Text
    subject: ShortText | None = None
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=32)
    message_id: Identifier | None = Field(default=None, description="Default: the event's id.")
    sender_name: ShortText | None = None
    language: Name | None = None
    labels: Labels = Field(default_factory=dict)
    thread: dict[Name, ThreadValue] = Field(default_factory=dict, max_length=8)


class LinkInput(Input):
    """Two addresses that are (or are not) the same person's."""

    a: CustomerAddress
    b: CustomerAddress


class ContactEndInput(Input):
    """The customer hung up or left. Waiting work and offers end; an owner wraps up."""

    customer: CustomerAddress
    cause: Name = Field(default="hung_up", examples=["hung_up", "left"])


class CustomerEventInput(Input):
    """Something a customer did that belongs in the timeline and not in routing."""

    kind: Name = Field(examples=["order_placed"])
    customer: CustomerAddress
    summary: ShortText
    attributes: dict[Name, JsonValue] = Field(default_factory=dict, max_length=32)

    @field_validator("attributes")
    @classmethod
    def _storable(cls, attributes: dict[str, JsonValue]) -> dict[str, JsonValue]:
        _check_storable(list(attributes.values()))
        return attributes


class CloudEventInput(BaseModel):
    """The envelope, CloudEvents 1.0. `source` and `id` together name the event: send it again
    with the same two and it is the same event. `time` defaults to now.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: Printable
    source: Printable = Field(examples=["/shop/orders"])
    time: Timestamp | None = None
    datacontenttype: Annotated[str, Field(pattern=r"^application/json( *;.*)?$")] | None = None
    dataschema: Extension | None = None
    subject: Annotated[str, Field(max_length=256)] | None = None
    tenantid: Extension | None = Field(
        default=None, description="Not needed. If given, it must be your credential's tenant."
    )
    deskid: Name | None = Field(
        default=None, description="Needed where neither endpoint nor credential names one desk."
    )


class MessageEvent(CloudEventInput):
    """A message to be routed."""

    type: Literal["switchboard.event.message-received.v1"]
    data: MessageInput


class ContactEndEvent(CloudEventInput):
    """The customer is no longer there: what is open for this address on this desk ends."""

    type: Literal["switchboard.event.contact-ended.v1"]
    data: ContactEndInput


class LinkEvent(CloudEventInput):
    """Two addresses are the same customer on this desk."""

    type: Literal["switchboard.event.contact-points-linked.v1"]
    data: LinkInput


class UnlinkEvent(CloudEventInput):
    """That link was wrong."""

    type: Literal["switchboard.event.contact-points-unlinked.v1"]
    data: LinkInput


class TimelineEvent(CloudEventInput):
    """An entry for the customer's timeline."""

    type: Literal["switchboard.customer.event-recorded.v1"]
    data: CustomerEventInput


IntegratorEvent = Annotated[
    MessageEvent | ContactEndEvent | LinkEvent | UnlinkEvent | TimelineEvent,
    Field(discriminator="type"),
]


def _check_storable(values: list[JsonValue]) -> None:
    """What can't stand in the timeline's database must not get past this door."""
    pending = values
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if any("\x00" in key or len(key) > ATTRIBUTE_KEY_LENGTH_MAX for key in value):
                raise ValueError("a nested key is too long or holds a null character")
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, int) and abs(value) > INTEGER_MAX:
            raise ValueError("an integer has more than 64 bits")
