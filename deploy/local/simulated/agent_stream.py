"""An agent's socket: connects, resumes behind its cursor, and hands on what it is told."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

HELLO = "hello"
HEARTBEAT = "heartbeat"
# Close codes after which the cursor is of no use any more.
_CURSOR_LOST = frozenset({4410, 4411})

_OPEN_TIMEOUT_S = 10.0
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 2.0

Heard = Callable[[Mapping[str, Any]], Awaitable[None]]


class AgentStream:
    """One agent's stream of one desk; `hear` is called with every message, in order."""

    def __init__(self, url: str, *, token: str, hear: Heard) -> None:
        self._url = url
        self._token = token
        self._hear = hear
        self.cursor: str | None = None
        self.connections = 0

    async def run(self) -> None:
        """Stay connected until cancelled, whatever happens at the other end."""
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                async with connect(
                    self._address(),
                    additional_headers={"authorization": f"Bearer {self._token}"},
                    open_timeout=_OPEN_TIMEOUT_S,
                    proxy=None,
                ) as connection:
                    self.connections += 1
                    wait_s = _FIRST_WAIT_S
                    await self._listen(connection)
            except ConnectionClosed as closed:
                if closed.rcvd is not None and closed.rcvd.code in _CURSOR_LOST:
                    self.cursor = None
            except (OSError, TimeoutError, WebSocketException):
                pass  # The other end is down or refuses for now; the next attempt follows.
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    def _address(self) -> str:
        return f"{self._url}?cursor={self.cursor}" if self.cursor else self._url

    async def _listen(self, connection: ClientConnection) -> None:
        # Iterating would end in silence at an orderly close, and its code would be lost.
        while True:
            message = json.loads(await connection.recv())
            await self._hear(message)
            self.cursor = message["cursor"]
