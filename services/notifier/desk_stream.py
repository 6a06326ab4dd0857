"""The WebSocket of a desk: agents hear what is theirs, supervisors and administrators the overview.

`WS /v1/desks/{desk_id}/stream?cursor=offset.count`. A refused connection gets its HTTP status and a
problem document; an accepted one ends with a code of `close_codes`.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, WebSocket
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocketDisconnect

from libs.common import metrics
from libs.common.contracts.terms import DeskId, Name, Role
from libs.common.contracts.topics import routing_key
from libs.common.credentials import Principal, websocket_principal
from libs.common.errors import ForbiddenError, NotFoundError, ServiceError, UnavailableError
from libs.common.kafka_records import partition_of
from libs.common.problems import problem_of
from services.notifier.close_codes import (
    GONE,
    TOO_TALKATIVE,
    TRY_AGAIN_LATER,
    CloseCode,
)
from services.notifier.copy_documents import Scope
from services.notifier.core import audiences
from services.notifier.core.cursors import Cursor
from services.notifier.hub import Listener
from services.notifier.presence import Connection
from services.notifier.streaming import Stream, close_at_expiry, follow
from services.notifier.streams import Streams

KIND = "desk"
PATH = "/v1/desks/{desk_id}/stream"
# A client has nothing to say here; what a library sends by itself is ignored up to this number.
RECEIVED_MESSAGES_MAX = 100
CLOSE_TIMEOUT_S = 2.0
_NAME = TypeAdapter(Name)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """An admitted client: what it may hear, from where on, and how to answer it."""

    principal: Principal
    scope: Scope
    cursor: Cursor | None
    connection: Connection | None
    subprotocol: str | None


def add_desk_stream(app: FastAPI, streams: Streams) -> None:
    """Put the desk's WebSocket on the application."""

    @app.websocket(PATH)
    async def desk_stream(socket: WebSocket, desk_id: str) -> None:
        try:
            visit = await _admit(socket, desk_id, streams)
        except ServiceError as error:
            await socket.send_denial_response(problem_of(error))
            return
        await socket.accept(subprotocol=visit.subprotocol)
        code = await _attend(socket, visit, streams)
        metrics.STREAMS_CLOSED.labels(kind=KIND, code=code.code).inc()
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await socket.close(code.code, code.reason)


async def _admit(socket: WebSocket, desk_id: str, streams: Streams) -> _Visit:
    principal, subprotocol = await websocket_principal(socket)
    principal.require_role(*audiences.DESK_ROLES)
    desk = _desk_of(principal, desk_id)
    cursor_text = socket.query_params.get("cursor")
    streams.require_room()
    return _Visit(
        principal=principal,
        scope=Scope(
            tenant_id=principal.tenant_id,
            desk_id=desk,
            partition=partition_of(routing_key(principal.tenant_id, desk), streams.partitions),
            audiences=audiences.of_credential(principal.roles, principal.subject),
        ),
        cursor=Cursor.parse(cursor_text) if cursor_text else None,
        connection=_connection_of(principal, desk),
        subprotocol=subprotocol,
    )


def _desk_of(principal: Principal, desk_id: str) -> DeskId:
    principal.require_desk(desk_id)
    if not _is_name(desk_id):
        raise NotFoundError("no such desk")
    return DeskId(desk_id)


def _connection_of(principal: Principal, desk: DeskId) -> Connection | None:
    if Role.AGENT not in principal.roles:
        return None
    if not _is_name(principal.subject):
        raise ForbiddenError("the credential's subject is no agent's id")
    return Connection(tenant_id=principal.tenant_id, desk_id=desk, agent_id=principal.subject)


async def _attend(socket: WebSocket, visit: _Visit, streams: Streams) -> CloseCode:
    """Serve an accepted client to the end."""
    listener = streams.hub.listen(visit.scope)
    receiving = asyncio.create_task(_receive(socket, listener))
    expiry = close_at_expiry(listener, visit.principal.expires_at_s)
    metrics.STREAMS.labels(kind=KIND).inc()
    try:
        if visit.connection:
            streams.connections.add(visit.connection, listener)
            await streams.presence.connected(visit.connection)
        return await _follow(socket, visit, listener, streams)
    except UnavailableError as error:
        log.warning("stream.not_begun", error=str(error))
        return TRY_AGAIN_LATER
    finally:
        metrics.STREAMS.labels(kind=KIND).dec()
        if expiry:
            expiry.cancel()
        receiving.cancel()
        streams.hub.leave(listener)
        if visit.connection:
            streams.connections.remove(visit.connection)
            streams.presence.disconnected(visit.connection)


async def _follow(
    socket: WebSocket, visit: _Visit, listener: Listener, streams: Streams
) -> CloseCode:
    async def send(message: str, _cursor: Cursor, _message_type: str) -> None:
        await socket.send_text(message)

    stream = Stream(
        KIND,
        hub=streams.hub,
        copy=streams.copy,
        listener=listener,
        cursor=visit.cursor,
        limits=streams.limits,
    )
    connection_id = visit.connection.connection_id if visit.connection else None
    hello: dict[str, object] = {
        "connection_id": connection_id,
        "heartbeat_s": streams.limits.heartbeat_s,
    }
    return await follow(stream, listener, send, hello=hello)


async def _receive(socket: WebSocket, listener: Listener) -> None:
    """Notice that the client left, or that it says too much."""
    for _ in range(RECEIVED_MESSAGES_MAX):
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            listener.close(GONE)
            return
    listener.close(TOO_TALKATIVE)


def _is_name(text: str) -> bool:
    try:
        _NAME.validate_python(text)
    except ValidationError:
        return False
    return True
