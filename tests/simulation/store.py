"""The simulated save store: one transaction a write, some late, some whose outcome is lost."""

from collections.abc import Callable
from dataclasses import dataclass

from libs.common.decision_log import LogPosition
from services.router.core.ownership_effects import Save, StoredSave
from services.router.core.state import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A save on its way."""

    save: Save
    on_written: Callable[[], None]
    on_refused: Callable[[int], None]
    on_unknown: Callable[[], None]


class SaveStore:
    """Holds the newest save; a write never lowers the offset nor skips changes."""

    def __init__(self) -> None:
        self._position: LogPosition | None = None
        self._documents: dict[tuple[str, str], bytes] = {}
        self.pending: list[Write] = []

    @property
    def position(self) -> LogPosition | None:
        """What the newest save is as of."""
        return self._position

    def load(self) -> StoredSave | None:
        """The newest save in one consistent look."""
        if self._position is None:
            return None
        documents = tuple(Change(kind, key, doc) for (kind, key), doc in self._ordered())
        return StoredSave(position=self._position, documents=documents)

    def land(self, write: Write, *, is_outcome_lost: bool) -> bool:
        """Carry out one pending write; True when it was stored."""
        self.pending.remove(write)
        stored = self._position.offset if self._position else -1
        save = write.save
        is_stored = save.base <= stored < save.position.offset
        if is_stored:
            self._position = save.position
            for change in save.changes:
                if change.document is None:
                    self._documents.pop((change.kind, change.id), None)
                else:
                    self._documents[change.kind, change.id] = change.document
        if is_outcome_lost:
            write.on_unknown()
        elif is_stored:
            write.on_written()
        else:
            write.on_refused(stored)
        return is_stored

    def _ordered(self) -> list[tuple[tuple[str, str], bytes]]:
        return sorted(self._documents.items())
