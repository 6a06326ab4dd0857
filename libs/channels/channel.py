"""What a channel is: the protocol that each channel module fulfils, and what passes through it.

Incoming: the shell builds an `InboundRequest`, calls `verify`, then `read`, publishes each
`InboundMessage` under its `event_id`, and sends `answer` once Kafka has acknowledged them.
Outgoing: the shell calls `build`, carries each request out in order, and hands what came back to
`read_result`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from libs.channels.endpoint import Endpoint, EndpointSettings
from libs.channels.transport import OutgoingRequest, TransportResponse
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.events import ContactEnded, MessageReceived
from libs.common.contracts.terms import (
    ChannelName,
    ContactPointId,
    ConversationId,
    DeliveryOutcome,
    EventId,
)


class Authentication(StrEnum):
    """Who proves the sender: `signed` the channel's `verify`, `customer_token` the shell, which
    verifies the customer's bearer token for this endpoint and passes its subject to `read`.
    """

    SIGNED = "signed"
    CUSTOMER_TOKEN = "customer_token"  # noqa: S105 - the name of a way, not a credential


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundRequest:
    """One HTTP request as it arrived: header names in lower case, the body byte for byte."""

    method: str
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    received_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A customer's message, ready to be published. `event_id` is the same for every repeat.
    `sent_at_ms` is the sender's time, or the time of receipt where the provider tells none.
    """

    data: MessageReceived
    event_id: EventId
    sent_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundDeparture:
    """The customer left, ready to be published as a message is."""

    data: ContactEnded
    event_id: EventId
    sent_at_ms: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """A valid request that holds nothing to route. `reason` is one of few fixed dotted names
    (`telegram.edited_message`), fit for a log and a metric label.
    """

    reason: str


InboundItem = InboundMessage | InboundDeparture | Ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAnswer:
    """The HTTP answer that makes this provider regard its request as delivered."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingReply:
    """An agent's filed reply on its way out. `filed_at_ms` is the `now` of its decision record."""

    reply_id: str
    conversation_id: ConversationId
    reply_to: ReplyAddress
    content: Content
    filed_at_ms: int

    @property
    def contact_point_id(self) -> ContactPointId:
        """The contact point that the reply goes to."""
        return ContactPointId(self.reply_to.contact_point_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """What became of one attempt. `retry_after_s` is the least wait that the provider asked for.
    `detail` is for people and holds no text, name or address of the customer.
    """

    outcome: DeliveryOutcome
    provider_message_id: str | None = None
    is_retriable: bool = False
    retry_after_s: float | None = None
    detail: str = ""


class Channel(Protocol):
    """One channel. Stateless and pure: every method depends on its arguments alone."""

    @property
    def name(self) -> ChannelName:
        """The channel's name in paths, configuration and events."""

    @property
    def authentication(self) -> Authentication:
        """Who proves the sender of an incoming request."""

    @property
    def body_size_bytes_max(self) -> int:
        """The largest body that this provider may send; the shell refuses larger ones (413)."""

    @property
    def settings_type(self) -> type[EndpointSettings]:
        """The model that validates `settings` of this channel's endpoints."""

    def verify(self, request: InboundRequest, endpoint: Endpoint) -> None:
        """Prove in constant time that the request comes from the endpoint's provider.

        Raises UnauthenticatedError if it doesn't, or is too old to be a first delivery or a
        retry. A channel with `customer_token` proves nothing here.
        """

    def read(
        self, request: InboundRequest, endpoint: Endpoint, customer: str | None
    ) -> tuple[InboundItem, ...]:
        """The messages and departures in a verified request; `customer` is the token's subject.

        Raises InvalidInputError or a child of it, naming fields and never values, and nothing
        else whatever the body holds.
        """

    def answer(self, items: Sequence[InboundItem]) -> ProviderAnswer:
        """How this provider wants to hear that the items are safe."""

    def build(self, reply: OutgoingReply, endpoint: Endpoint) -> tuple[OutgoingRequest, ...]:
        """The requests, at least one, that bring the reply to the customer, to be sent in order.

        Each carries the reply's id where the provider has a field for it. After a retriable
        failure of one part the parts before it must not be sent again.
        Raises UnprocessableError if the reply can't be expressed on this channel.
        """

    def read_result(self, response: TransportResponse) -> DeliveryResult:
        """What the response to one of these requests means; never raises."""
