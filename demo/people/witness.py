"""The outside's log, read as it is written: who waits for a reply is told when it arrives."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deploy.local.simulated.provider_log import Noted, ProviderLog

Listener = Callable[[Noted, Mapping[str, Any]], None]


class Witness(ProviderLog):
    """Writes the log of providers and clients, and tells listeners of every line."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.listeners: list[Listener] = []
        self.replies = Counter[str]()
        self._arrived = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()

    def note(self, kind: Noted, fields: Mapping[str, Any]) -> None:
        """Append one line, stamped with the present time in milliseconds."""
        super().note(kind, fields)
        for listener in self.listeners:
            listener(kind, fields)
        if kind is Noted.REACHED:
            self.replies[str(fields["address"])] += 1
            telling = asyncio.ensure_future(self._tell())
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    async def await_replies(self, address: str, count: int) -> None:
        """Return when this address has been sent so many replies in all."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: self.replies[address] >= count)

    async def _tell(self) -> None:
        async with self._arrived:
            self._arrived.notify_all()
