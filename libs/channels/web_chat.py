"""Web chat: our own JSON API. The customer's token says who writes; the message's own id makes
a repeat the same message; replies leave over the notifier's stream. `{"message_id": ..., "leaves":
true}` says that the customer ended the chat.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from libs.channels.channel import (
    Authentication,
    DeliveryResult,
    Ignored,
    InboundDeparture,
    InboundItem,
    InboundRequest,
    OutgoingReply,
    ProviderAnswer,
)
from libs.channels.delivery import foreign_response, sent, unanswered
from libs.channels.endpoint import Endpoint, EndpointSettings
from libs.channels.inbound import Reading, Sender, departure_of, message_of
from libs.channels.normalisation import clean_short, clean_text, content_of, identifier_of, name_of
from libs.channels.registry import register
from libs.channels.transport import (
    NoResponse,
    OutgoingRequest,
    StreamRequest,
    StreamResponse,
    TransportResponse,
)
from libs.common.contracts.content import Labels
from libs.common.contracts.envelope import describe
from libs.common.contracts.terms import AddressFamily, ChannelName, Identifier, Name
from libs.common.errors import InvalidInputError, MalformedBodyError, UnauthenticatedError

BODY_SIZE_BYTES_MAX = 256 * 1024
ADDRESS_LENGTH_MAX = 320


class WebChatSettings(EndpointSettings):
    """A web chat needs no settings: the notifier's stream is its way out."""


def _lower(value: object) -> object:
    # "en-US" and "zh_TW" are what browsers say; names are in lower case.
    return (name_of(value) or value) if isinstance(value, str) else value


class WebChatMessage(BaseModel):
    """The body of one request. `message_id` is the client's own, new for each message and equal
    for each repeat of it; a text beyond 16,000 characters is cut.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    message_id: Identifier
    text: str
    language: Annotated[Name | None, BeforeValidator(_lower)] = None
    labels: Labels = Field(default_factory=dict)
    sender_name: str | None = None


class WebChatLeave(BaseModel):
    """The customer ended the chat; `message_id` makes a repeat the same event."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    message_id: Identifier
    leaves: Literal[True]


@register
class WebChatChannel:
    """Web chat; see the module's description."""

    name = ChannelName("web_chat")
    authentication = Authentication.CUSTOMER_TOKEN
    body_size_bytes_max = BODY_SIZE_BYTES_MAX
    settings_type: type[EndpointSettings] = WebChatSettings

    def verify(self, request: InboundRequest, endpoint: Endpoint) -> None:
        """Nothing to prove here: the shell has verified the customer's token."""

    def read(
        self, request: InboundRequest, endpoint: Endpoint, customer: str | None
    ) -> tuple[InboundItem, ...]:
        """The one message of the request, written by `customer`, or that `customer` left.

        Raises UnauthenticatedError without a customer, MalformedBodyError if the body isn't JSON,
        InvalidInputError if a field is wrong or the text is empty.
        """
        if customer is None:
            raise UnauthenticatedError("a customer's token is needed")
        if not _is_address(customer):
            raise InvalidInputError("token: sub is no web contact address")
        message = _parse(request.body)
        if isinstance(message, WebChatLeave):
            return (_departure(message, customer, endpoint=endpoint, request=request),)
        if not clean_text(message.text):
            raise InvalidInputError("text: empty")
        reading = Reading(
            # Clients number their messages on their own; two customers may use the same id.
            provider_message_id=identifier_of(customer, message.message_id),
            sender=Sender(
                family=AddressFamily.WEB,
                address=customer,
                name=message.sender_name,
                language=message.language,
            ),
            content=content_of(message.text),
            labels={name: clean_short(text) or "" for name, text in message.labels.items()},
        )
        return (message_of(reading, endpoint=endpoint, request=request),)

    def answer(self, items: Sequence[InboundItem]) -> ProviderAnswer:
        """202 with the id of the event that the message became."""
        event_ids = [item.event_id for item in items if not isinstance(item, Ignored)]
        return ProviderAnswer(
            status=202,
            media_type="application/json",
            body=orjson.dumps({"event_id": event_ids[0] if event_ids else None}),
        )

    def build(self, reply: OutgoingReply, endpoint: Endpoint) -> tuple[OutgoingRequest, ...]:
        """One entry for the customer's stream, however long the text."""
        request = StreamRequest(
            name="web_chat.stream",
            endpoint_id=endpoint.endpoint_id,
            contact_point_id=reply.contact_point_id,
            conversation_id=reply.conversation_id,
            reply_id=reply.reply_id,
            content=reply.content,
            filed_at_ms=reply.filed_at_ms,
        )
        return (request,)

    def read_result(self, response: TransportResponse) -> DeliveryResult:
        """Sent once the reply is stored for the stream."""
        match response:
            case StreamResponse():
                return sent()
            case NoResponse():
                return unanswered(response)
            case _:
                return foreign_response(type(response).__name__)


def _is_address(subject: str) -> bool:
    # White space around it would make two addresses that look the same.
    is_bounded = 0 < len(subject) <= ADDRESS_LENGTH_MAX
    return is_bounded and subject.isprintable() and subject == subject.strip()


def _departure(
    leave: WebChatLeave, customer: str, *, endpoint: Endpoint, request: InboundRequest
) -> InboundDeparture:
    sender = Sender(family=AddressFamily.WEB, address=customer)
    message_id = identifier_of(customer, leave.message_id)
    return departure_of(sender, message_id, endpoint=endpoint, request=request)


def _parse(body: bytes) -> WebChatMessage | WebChatLeave:
    try:
        members = orjson.loads(body)
        if isinstance(members, dict) and "leaves" in members:
            return WebChatLeave.model_validate(members)
        return WebChatMessage.model_validate(members)
    except orjson.JSONDecodeError as error:
        raise MalformedBodyError("body: not JSON") from error
    except ValidationError as error:
        raise InvalidInputError(describe(error)) from None
