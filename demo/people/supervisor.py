"""The supervisor's work: whatever breaks its promise is seen to, once, as soon as it is told."""

import asyncio
from collections.abc import Awaitable, Callable

from demo.people.record import Told

READS_S = 1.0


class DemoSupervisor:
    """Acknowledges what alerts name. `acknowledge` says so to the platform."""

    def __init__(self, acknowledge: Callable[[str], Awaitable[None]]) -> None:
        self._acknowledge = acknowledge
        self._seen: set[str] = set()
        self._working: set[asyncio.Task[None]] = set()

    def told(self, message: Told) -> None:
        """The supervisor's socket told something; only a broken promise is acted upon."""
        if message["type"] != "escalation.alerted" or message["body"]["trouble"] != "breached":
            return
        for conversation_id in message["body"]["conversation_ids"]:
            if conversation_id not in self._seen:
                self._seen.add(conversation_id)
                working = asyncio.ensure_future(self._see_to(conversation_id))
                self._working.add(working)
                working.add_done_callback(self._working.discard)

    async def leave(self) -> None:
        """Go home; what was not done yet is not done."""
        for working in self._working:
            working.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    async def _see_to(self, conversation_id: str) -> None:
        await asyncio.sleep(READS_S)
        await self._acknowledge(conversation_id)
