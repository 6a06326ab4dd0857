"""The stream of a customer in a web chat: the replies to that person through that endpoint, and
their place in the queue while they wait.

`GET /v1/customer-stream`, server-sent events. Each event's id is its cursor, so a browser resumes
by itself with `Last-Event-ID`. The last event says why the stream ended.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import anyio
import orjson
from anyio.streams.memory import MemoryObjectSendStream
from fastapi import Depends, FastAPI, Header
from sse_starlette import EventSourceResponse, ServerSentEvent

from libs.channels.endpoints import Endpoint
from libs.common import metrics
from libs.common.contracts.terms import AddressFamily, EndpointId, Role
from libs.common.contracts.topics import routing_key
from libs.common.credentials import Principal, principal
from libs.common.errors import NotFoundError
from libs.common.identifiers import contact_point_id_of
from libs.common.kafka_records import partition_of
from services.notifier.close_codes import CURSOR_EXPIRED, CURSOR_UNKNOWN, CloseCode
from services.notifier.copy_documents import Scope
from services.notifier.core import audiences
from services.notifier.core.cursors import Cursor
from services.notifier.streaming import Stream, close_at_expiry, follow
from services.notifier.streams import Streams

KIND = "customer"
PATH = "/v1/customer-stream"
ENDED = "ended"

Endpoints = Mapping[EndpointId, Endpoint]
Outlet = MemoryObjectSendStream[ServerSentEvent]


def add_customer_stream(app: FastAPI, streams: Streams, endpoints: Endpoints) -> None:
    """Put the customer's stream on the application."""

    @app.get(
        PATH,
        operation_id="customer_stream",
        response_class=EventSourceResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    async def customer_stream(
        caller: Annotated[Principal, Depends(principal)],
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> EventSourceResponse:
        """Replies to this customer as they are filed, and the place of one who waits.

        Resumes behind `Last-Event-ID`.
        """
        scope = _scope_of(caller, endpoints, streams.partitions)
        cursor = Cursor.parse(last_event_id) if last_event_id else None
        streams.require_room()
        outlet, inlet = anyio.create_memory_object_stream[ServerSentEvent](0)

        async def attend() -> None:
            async with outlet:
                code = await _attend(outlet, streams, scope, cursor, caller.expires_at_s)
                metrics.STREAMS_CLOSED.labels(kind=KIND, code=code.code).inc()
                with anyio.move_on_after(streams.limits.send_timeout_s):
                    await outlet.send(_ended(code))

        async def shown() -> AsyncIterator[ServerSentEvent]:
            async with inlet:
                async for event in inlet:
                    yield event

        return EventSourceResponse(
            shown(),
            data_sender_callable=attend,
            # Our own heartbeats move the cursor as well; the library's would not.
            ping=0,
            send_timeout=streams.limits.send_timeout_s,
        )


def _scope_of(caller: Principal, endpoints: Endpoints, partitions: int) -> Scope:
    caller.require_role(Role.CUSTOMER)
    endpoint = endpoints.get(EndpointId(caller.endpoint_id or ""))
    if endpoint is None or endpoint.tenant_id != caller.tenant_id:
        raise NotFoundError("no such endpoint")
    contact_point_id = contact_point_id_of(caller.tenant_id, AddressFamily.WEB, caller.subject)
    return Scope(
        tenant_id=endpoint.tenant_id,
        desk_id=endpoint.desk_id,
        partition=partition_of(routing_key(endpoint.tenant_id, endpoint.desk_id), partitions),
        audiences=(audiences.customer(endpoint.endpoint_id, contact_point_id),),
    )


async def _attend(
    outlet: Outlet,
    streams: Streams,
    scope: Scope,
    cursor: Cursor | None,
    expires_at_s: float | None,
) -> CloseCode:
    async def send(message: str, at: Cursor, message_type: str) -> None:
        await outlet.send(ServerSentEvent(data=message, id=str(at), event=message_type))

    listener = streams.hub.listen(scope)
    expiry = close_at_expiry(listener, expires_at_s)
    metrics.STREAMS.labels(kind=KIND).inc()
    try:
        stream = Stream(
            KIND,
            hub=streams.hub,
            copy=streams.copy,
            listener=listener,
            cursor=cursor,
            limits=streams.limits,
        )
        hello: dict[str, object] = {"heartbeat_s": streams.limits.heartbeat_s}
        return await follow(stream, listener, send, hello=hello)
    finally:
        metrics.STREAMS.labels(kind=KIND).dec()
        if expiry:
            expiry.cancel()
        streams.hub.leave(listener)


def _ended(code: CloseCode) -> ServerSentEvent:
    # An empty id makes the browser forget a cursor that can't be served, and begin anew.
    forget = "" if code in {CURSOR_EXPIRED, CURSOR_UNKNOWN} else None
    body = orjson.dumps({"code": code.code, "reason": code.reason}).decode()
    return ServerSentEvent(data=body, event=ENDED, id=forget)
