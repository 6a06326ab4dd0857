"""Puts what a channel read together into the events that every channel produces."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.channels.channel import InboundDeparture, InboundMessage, InboundRequest
from libs.channels.endpoint import Endpoint
from libs.channels.normalisation import clean_short, name_of, plausible_ms
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.events import ContactEnded, MessageReceived
from libs.common.contracts.terms import AddressFamily
from libs.common.identifiers import contact_point_id_of, event_id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who wrote: a normalised address, and what else the provider tells of them."""

    family: AddressFamily
    address: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a channel read from one request. `thread` is what an answer in place will need."""

    provider_message_id: str
    sender: Sender
    content: Content
    sent_at_ms: float | None = None
    thread: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def message_of(reading: Reading, *, endpoint: Endpoint, request: InboundRequest) -> InboundMessage:
    """The message to publish. Its event id derives from the endpoint and the provider's id."""
    sender = reading.sender
    return InboundMessage(
        data=MessageReceived(
            reply_to=_reply_address(reading, endpoint),
            provider_message_id=reading.provider_message_id,
            content=reading.content,
            sender_name=clean_short(sender.name),
            language=name_of(sender.language),
            labels=dict(reading.labels),
        ),
        event_id=event_id_of(
            endpoint=endpoint.endpoint_id, provider_message_id=reading.provider_message_id
        ),
        sent_at_ms=plausible_ms(reading.sent_at_ms, received_at_ms=request.received_at_ms),
    )


def departure_of(
    sender: Sender, provider_message_id: str, *, endpoint: Endpoint, request: InboundRequest
) -> InboundDeparture:
    """That the customer left, now. Its event id derives as a message's does, but is never one's."""
    return InboundDeparture(
        data=ContactEnded(
            contact_point_id=contact_point_id_of(endpoint.tenant_id, sender.family, sender.address),
            cause="left",
        ),
        event_id=event_id_of(
            endpoint=f"{endpoint.endpoint_id}\x1fdeparture",
            provider_message_id=provider_message_id,
        ),
        sent_at_ms=request.received_at_ms,
    )


def _reply_address(reading: Reading, endpoint: Endpoint) -> ReplyAddress:
    sender = reading.sender
    return ReplyAddress(
        channel=endpoint.channel,
        endpoint_id=endpoint.endpoint_id,
        contact_point_id=contact_point_id_of(endpoint.tenant_id, sender.family, sender.address),
        family=sender.family,
        address=sender.address,
        thread=dict(reading.thread),
    )
