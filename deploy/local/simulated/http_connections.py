"""An HTTP client that costs next to nothing: plain requests over a few open connections.

The usual clients take milliseconds of a processor for each request, more than the platform does for
a whole message: on a shared machine a crowd of simulated people would mostly measure itself.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

LATIN = "latin-1"
TIMEOUT_S = 15.0
_END = b"\r\n\r\n"


class NoAnswerError(ConnectionError):
    """Nobody listens, the connection broke, or the answer took too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether it is a 2xx."""
        return self.status // 100 == 2  # noqa: PLR2004 - the class of statuses


class HttpConnections:
    """Sends requests to one server, each on the next free connection; at most `connections_max`.

    Answers must carry a length. Made for loopback, without TLS, redirects or compression.
    """

    def __init__(
        self, base_url: str, *, connections_max: int = 256, timeout_s: float = TIMEOUT_S
    ) -> None:
        parts = urlsplit(base_url)
        self._host = parts.hostname or ""
        self._port = parts.port or 80
        self._timeout_s = timeout_s
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

    async def send(self, request: bytes) -> Answer:
        """Send prepared bytes once. Raises NoAnswerError: whether they were heard is not known."""
        async with self._room:
            try:
                async with asyncio.timeout(self._timeout_s):
                    connection = self._open() or await self._connect()
                    answer = await connection.send(request)
            except (OSError, TimeoutError) as error:
                raise NoAnswerError(type(error).__name__) from error
            self._free.append(connection)
            return answer

    def close(self) -> None:
        """Close the connections that are free."""
        while self._free:
            self._free.popleft().close()

    def _open(self) -> "_Connection | None":
        """A free connection that the server has not closed meanwhile."""
        while self._free:
            connection = self._free.pop()
            if connection.is_open:
                return connection
        return None

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, self._host, self._port)
        return connection


class _Connection(asyncio.Protocol):
    """One request at a time. One whose answer never came is not used again."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def send(self, request: bytes) -> Answer:
        if self._transport is None:
            raise ConnectionError("the connection is closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.close()
            raise

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
                self._answer.set_result(Answer(int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server hung up"))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
