"""An HTTP client that costs next to nothing: prepared requests over a few open connections.

The usual clients take a millisecond of a processor for each request, as much as the platform does
for a whole message: on a shared machine they would measure themselves.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import cast

LATIN = "latin-1"
_END = b"\r\n\r\n"


class HttpConnections:
    """Sends requests to one server, each on the next free connection; at most `connections_max`.

    Answers must carry a length. Made for loopback: a connection that breaks fails its request.
    """

    def __init__(self, host: str, port: int, *, connections_max: int = 256) -> None:
        self._host = host
        self._port = port
        self._free: deque[_Connection] = deque()
        self._room = asyncio.Semaphore(connections_max)

    def request(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """The bytes of one request, ready to be sent any number of times."""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"host: {self._host}:{self._port}",
            f"content-length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join(lines).encode(LATIN) + _END + body

    async def send(self, request: bytes) -> int:
        """Send prepared bytes and return the answer's status. Raises ConnectionError."""
        async with self._room:
            connection = self._free.popleft() if self._free else await self._connect()
            status = await connection.send(request)
            self._free.append(connection)
            return status

    def close(self) -> None:
        """Close the connections that are free."""
        while self._free:
            self._free.popleft().close()

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, self._host, self._port)
        return connection


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._answer: asyncio.Future[int] | None = None

    async def send(self, request: bytes) -> int:
        if self._transport is None:
            raise ConnectionError("the connection is closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(_END)
        if separator and len(body) >= _length(head):
            self._received = b""
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server hung up"))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
