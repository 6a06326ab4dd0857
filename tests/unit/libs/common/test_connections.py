"""Connections whose head is bounded in size and in time."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn import Config
from uvicorn.server import ServerState

from libs.common import connections
from libs.common.connections import BoundedConnection

SHORT_S = 0.05
UPGRADE = (
    b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
)
Connect = Callable[[], "tuple[BoundedConnection, Wire]"]


class Wire(asyncio.Transport):
    """Remembers what was sent, and whether the connection was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send."""
        self.sent += bytes(data)

    def close(self) -> None:
        """Close."""
        self.closed.set()

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closed.is_set()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """A WebSocket takes over."""

    def pause_reading(self) -> None:
        """Read no more for now."""

    def resume_reading(self) -> None:
        """Read on."""

    async def has_sent(self, part: bytes) -> bool:
        """Whether this was sent within 2 s."""
        async with asyncio.timeout(2):
            while part not in self.sent:  # noqa: ASYNC110 - the transport sets no event
                await asyncio.sleep(0.001)
        return True


async def _hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.receive()


@pytest.fixture
def connect() -> Connect:
    """Opens a connection to a small application."""
    app = Starlette(routes=[Route("/", _hello), WebSocketRoute("/socket", _socket)])
    config = Config(app, log_config=None, lifespan="off")
    config.load()

    def opened() -> tuple[BoundedConnection, Wire]:
        connection = BoundedConnection(config, ServerState(), {})
        wire = Wire()
        connection.connection_made(wire)
        return connection, wire

    return opened


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nX: " + b"a" * 9_000 + b"\r\n\r\n",
        b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + (b"X: " + b"a" * 5_000 + b"\r\n") * 10 + b"\r\n",
        UPGRADE + b"X: " + b"a" * 9_000 + b"\r\n\r\n",
        # Without an end, so that only the count of bytes can tell.
        b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000,
    ],
    ids=["line", "target", "lines", "sum", "websocket", "endless"],
)
async def test_large_head_is_refused(connect: Connect, sent: bytes) -> None:
    """431 at once, and the connection is closed: no head grows in memory."""
    connection, wire = connect()

    for start in range(0, len(sent), 1_000):
        if not wire.is_closing():
            connection.data_received(sent[start : start + 1_000])

    assert wire.sent.startswith(b"HTTP/1.1 431 ")
    assert wire.is_closing()


async def test_broken_request_is_still_a_400(connect: Connect) -> None:
    """What can't be parsed is not called too large."""
    connection, wire = connect()

    connection.data_received(b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")

    assert wire.sent.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"\r\n", b"GET / HTTP/1.1\r\nX: y\r\n"])
async def test_slow_head_is_cut_off(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    """A connection that sends nothing, or no whole head, is closed when its time is over."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", SHORT_S)
    connection, wire = connect()

    connection.data_received(sent)

    async with asyncio.timeout(2):
        await wire.closed.wait()
    assert wire.sent == b""


async def test_empty_lines_keep_no_connection_open(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an answer a client can't stay by sending what begins no request."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", SHORT_S)
    connection, wire = connect()
    connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
    assert await wire.has_sent(b"hello")

    connection.data_received(b"\r\n")

    async with asyncio.timeout(2):
        await wire.closed.wait()


async def test_requests_in_turn_are_answered(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two requests the time for a head does not run; each may come in parts."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", SHORT_S)
    connection, wire = connect()
    connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
    assert await wire.has_sent(b"hello")
    await asyncio.sleep(2 * SHORT_S)
    wire.sent = b""

    for part in (b"GET / HT", b"TP/1.1\r\nX: y\r\n", b"\r\n"):
        connection.data_received(part)

    assert await wire.has_sent(b"hello")
    connection.connection_lost(None)


async def test_body_is_no_part_of_the_head(connect: Connect) -> None:
    """A large body right behind a split head does not count."""
    connection, wire = connect()
    body = b"a" * 50_000

    connection.data_received(b"GET / HTTP/1.1\r\n")
    connection.data_received(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    assert await wire.has_sent(b"hello")
    connection.connection_lost(None)


async def test_body_that_nobody_reads_is_let_in_and_then_the_next_request(
    connect: Connect,
) -> None:
    """Who sends before listening sees the answer, and the connection is good for another."""
    connection, wire = connect()
    connection.data_received(b"POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n")
    assert await wire.has_sent(b"405 Method Not Allowed")

    for _ in range(200):
        connection.data_received(b"a" * 1_000)
    connection.data_received(b"GET / HTTP/1.1\r\n\r\n")

    assert await wire.has_sent(b"hello")
    assert b"431" not in wire.sent
    connection.connection_lost(None)


async def test_body_that_nobody_reads_is_not_let_in_for_ever(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has as long as a head has."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", SHORT_S)
    connection, wire = connect()
    connection.data_received(b"POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n")
    assert await wire.has_sent(b"405 Method Not Allowed")

    connection.data_received(b"a")

    async with asyncio.timeout(2):
        await wire.closed.wait()


async def test_open_websocket_has_no_head_to_wait_for(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream stays open for longer than a head may take."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", SHORT_S)
    connection, wire = connect()

    connection.data_received(UPGRADE + b"\r\n")

    assert await wire.has_sent(b"101 Switching Protocols")
    await asyncio.sleep(2 * SHORT_S)
    assert not wire.is_closing()
