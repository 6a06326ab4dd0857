"""The doors of the channels: customers' messages as each provider sends them.

The hot path: a plain Starlette route, since FastAPI's layers would cost half as much again.
Unknown endpoints, endpoints of another channel and failed proofs answer alike, so that nobody can
find out which endpoints there are.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from libs.channels.channel import (
    Authentication,
    Channel,
    Ignored,
    InboundDeparture,
    InboundItem,
    InboundMessage,
    InboundRequest,
)
from libs.channels.endpoint import Endpoint
from libs.common import clock
from libs.common.contracts.terms import ChannelName, EndpointId, Name, Role
from libs.common.credentials import Authenticator, bearer_of
from libs.common.errors import ForbiddenError, InvalidInputError, UnauthenticatedError
from libs.common.metrics import INGEST_IGNORED
from services.ingest.core.outgoing import OUR_SOURCE, OutgoingEvent
from services.ingest.openapi import problem_responses
from services.ingest.publisher import EventPublisher

PATH = "/v1/channels/{channel}/{endpoint_id}"
REFUSED = "credential missing or not valid"

log = structlog.get_logger(__name__)


class ChannelDoor:
    """Receives what providers send, for all channels; knows none of them by name."""

    def __init__(
        self,
        *,
        publisher: EventPublisher,
        channels: Mapping[ChannelName, Channel],
        endpoints: Mapping[EndpointId, Endpoint],
        authenticator: Authenticator,
    ) -> None:
        self._publisher = publisher
        self._channels = channels
        self._endpoints = endpoints
        self._authenticator = authenticator
        self._decoys = {endpoint.channel: endpoint for endpoint in endpoints.values()}

    async def receive(self, request: Request) -> Response:
        """One provider's request: proved, read, published, and answered as the provider expects.

        Raises UnauthenticatedError when it can't be proved, InvalidInputError when it can't be
        read, UnavailableError when Kafka did not acknowledge in time.
        """
        path = request.path_params
        inbound = InboundRequest(
            method=request.method,
            headers=request.headers,
            query=request.query_params,
            body=await request.body(),
            received_at_ms=clock.now_ms(),
        )
        channel = self._channels.get(path["channel"])
        if channel is None:
            raise UnauthenticatedError(REFUSED)
        endpoint, customer = await self._prove(inbound, channel, path["endpoint_id"])
        items = _read(channel, inbound, endpoint, customer)
        events = [_outgoing(item, endpoint) for item in items if not isinstance(item, Ignored)]
        await self._publisher.accept(events, door=channel.name)
        for item in items:
            if isinstance(item, Ignored):
                INGEST_IGNORED.labels(channel.name, item.reason).inc()
        answer = channel.answer(items)
        return Response(answer.body, answer.status, media_type=answer.media_type)

    async def _prove(
        self, inbound: InboundRequest, channel: Channel, endpoint_id: str
    ) -> tuple[Endpoint, str | None]:
        """The endpoint that the request proved to be for, and the customer where a token says."""
        found = self._endpoints.get(EndpointId(endpoint_id))
        endpoint = found if found is not None and found.channel == channel.name else None
        if channel.authentication is Authentication.CUSTOMER_TOKEN:
            return await self._prove_customer(inbound, endpoint)
        # Without an endpoint the same work is done, so that the time taken tells nothing.
        against = endpoint or self._decoys.get(channel.name)
        if against is not None:
            _verify(channel, inbound, against)
        if endpoint is None:
            raise UnauthenticatedError(REFUSED)
        return endpoint, None

    async def _prove_customer(
        self, inbound: InboundRequest, endpoint: Endpoint | None
    ) -> tuple[Endpoint, str]:
        credential = bearer_of(inbound.headers.get("authorization", ""))
        customer = await self._authenticator.authenticate(credential)
        try:
            customer.require_role(Role.CUSTOMER)
        except ForbiddenError as error:
            raise UnauthenticatedError(REFUSED) from error
        if (
            endpoint is None
            or customer.endpoint_id != endpoint.endpoint_id
            or customer.tenant_id != endpoint.tenant_id
        ):
            raise UnauthenticatedError(REFUSED)
        return endpoint, customer.subject


def _verify(channel: Channel, inbound: InboundRequest, endpoint: Endpoint) -> None:
    try:
        channel.verify(inbound, endpoint)
    except UnauthenticatedError as error:
        raise UnauthenticatedError(REFUSED) from error


def _read(
    channel: Channel, inbound: InboundRequest, endpoint: Endpoint, customer: str | None
) -> tuple[InboundItem, ...]:
    try:
        return channel.read(inbound, endpoint, customer)
    except InvalidInputError as error:
        # A proved sender that we can't read: the provider changed its format, or it's our mistake.
        log.warning(
            "webhook.unreadable",
            channel=channel.name,
            endpoint_id=endpoint.endpoint_id,
            error_type=type(error).__name__,
        )
        raise


def _outgoing(item: InboundMessage | InboundDeparture, endpoint: Endpoint) -> OutgoingEvent:
    return OutgoingEvent(
        event_id=item.event_id,
        tenant_id=endpoint.tenant_id,
        desk_id=endpoint.desk_id,
        source=f"{OUR_SOURCE}/{endpoint.channel}/{endpoint.endpoint_id}",
        time=datetime.fromtimestamp(item.sent_at_ms / 1000, UTC),
        subject=_contact_point_of(item),
        data=item.data,
    )


def _contact_point_of(item: InboundMessage | InboundDeparture) -> str:
    if isinstance(item, InboundMessage):
        return item.data.reply_to.contact_point_id
    return item.data.contact_point_id


def webhook_paths(channels: Mapping[ChannelName, Channel]) -> dict[str, Any]:
    """The webhooks' part of the OpenAPI document; the bodies are the providers' own."""
    parameters = [
        _path_parameter("channel", {"type": "string", "enum": list(channels)}),
        _path_parameter("endpoint_id", TypeAdapter(Name).json_schema()),
    ]
    operation = {
        "tags": ["channels"],
        "summary": "Receive",
        "operationId": "channels_receive",
        "description": "Takes one provider's request (for web chat: our own client's), proved as"
        " the provider does it. Unknown endpoints answer like wrong proofs.",
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"*/*": {"schema": {}}}},
        "responses": {
            "2XX": {"description": "All messages in the request are safe in Kafka."},
            **{str(status): told for status, told in problem_responses().items()},
        },
    }
    return {PATH: {"post": operation}}


def _path_parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}
