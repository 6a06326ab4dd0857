"""Restores a saved engine while its documents are read, in the thread that reads them.

A hundred thousand open items take seconds to restore. On the event loop nothing else would happen
meanwhile, heartbeats neither: the group would give the partition away, and whoever gets it would do
the same. And each document is let go as soon as it is an entity: all of them at once would be
nearly half as much memory again as what they become.
"""

from collections.abc import Iterable, Iterator

from services.router.core.engine import Engine
from services.router.core.state import Change


class Restored:
    """The documents of a save as the engine that they are, for the one takeover that loaded them.

    Raises pydantic's ValidationError on a foreign document.
    """

    def __init__(self, documents: Iterable[Change], now_ms: int) -> None:
        self._engine: Engine | None = Engine.restore(documents, now_ms=now_ms)

    def __iter__(self) -> Iterator[Change]:
        return iter(self._here().state.documents())

    def take(self) -> Engine:
        """The engine. Raises LookupError when somebody has it already, and may have changed it."""
        engine = self._here()
        self._engine = None
        return engine

    def _here(self) -> Engine:
        if self._engine is None:
            raise LookupError("a restored engine is given away once")
        return self._engine


def restore(documents: Iterable[Change], now_ms: int) -> Engine:
    """The engine of these documents, which may be one already."""
    if isinstance(documents, Restored):
        return documents.take()
    return Engine.restore(documents, now_ms=now_ms)
