"""One question to a server for all who ask at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from libs.common import clock

T = TypeVar("T")


class Coalesced(Generic[T]):
    """Asks `read` on behalf of many. Everyone gets an answer to a question that was put after they
    asked, never an older one; `read` runs once at a time and at most once in `interval_s`.
    """

    def __init__(self, read: Callable[[], Awaitable[T]], *, interval_s: float) -> None:
        self._read = read
        self._interval_s = interval_s
        self._running: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None
        self._began_s = float("-inf")

    async def ask(self) -> T:
        """The answer. Raises what `read` raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._read_after(self._running))
        # One who gives up must not take the answer from the others.
        return await asyncio.shield(self._next)

    async def _read_after(self, running: "asyncio.Task[T] | None") -> T:
        if running is not None:
            await asyncio.wait([running])
        wait_s = self._began_s + self._interval_s - clock.monotonic_s()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        self._began_s = clock.monotonic_s()
        # From here on it is too late to be answered by this one.
        self._running, self._next = self._next, None
        return await self._read()
