"""Restores a saved engine in a thread, before the machine asks for it.

A hundred thousand open items take many seconds to restore. On the event loop nothing else would
happen meanwhile, heartbeats neither: the group would give the partition away, and whoever gets it
would do the same.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from services.router.core.engine import Engine
from services.router.core.ownership_effects import StoredSave
from services.router.core.state import Change


class Restorer:
    """The engines that are restored and not asked for yet, by whose documents they are of."""

    def __init__(self) -> None:
        self._ready: dict[int, Engine] = {}

    @asynccontextmanager
    async def prepared(self, save: StoredSave | None) -> AsyncIterator[None]:
        """Inside the block the save's engine is there to be asked for, once.

        Raises pydantic's ValidationError on a foreign document.
        """
        # The one empty tuple is everybody's, and restored in no time.
        if save is None or not save.documents:
            yield
            return
        key = id(save.documents)
        self._ready[key] = await asyncio.to_thread(
            Engine.restore, save.documents, now_ms=save.position.now_ms
        )
        try:
            yield
        finally:
            self._ready.pop(key, None)

    def restore(self, documents: Iterable[Change], now_ms: int) -> Engine:
        """The engine of these documents: what was prepared, or else restored now."""
        engine = self._ready.pop(id(documents), None)
        return engine if engine is not None else Engine.restore(documents, now_ms=now_ms)
