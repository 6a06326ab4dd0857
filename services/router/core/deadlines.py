"""Everything that falls due, in one ordered list; time reaches it only through ticks."""

from enum import StrEnum
from typing import NamedTuple

from sortedcontainers import SortedList


class DeadlineKind(StrEnum):
    """What falls due. The values order deadlines of the same millisecond."""

    REPLICA_SILENT = "a_replica_silent"
    ITEM = "b_item"
    TAKE_BACK = "c_take_back"
    REFUSALS = "d_refusals"
    ESCALATION = "e_escalation"
    REMATCH = "f_rematch"


class Deadline(NamedTuple):
    """One thing that falls due at `due_ms`, by the key of what it concerns."""

    due_ms: int
    kind: DeadlineKind
    key: tuple[str, ...]


class Deadlines:
    """At most one deadline of a kind for each key."""

    def __init__(self) -> None:
        self._ordered: SortedList[Deadline] = SortedList()
        self._due: dict[tuple[DeadlineKind, tuple[str, ...]], int] = {}

    def set(self, kind: DeadlineKind, key: tuple[str, ...], due_ms: int | None) -> None:
        """Set, move or (with None) remove a deadline."""
        before = self._due.get((kind, key))
        if before == due_ms:
            return
        if before is not None:
            self._ordered.remove(Deadline(before, kind, key))
            del self._due[kind, key]
        if due_ms is not None:
            self._ordered.add(Deadline(due_ms, kind, key))
            self._due[kind, key] = due_ms

    def first(self) -> Deadline | None:
        """The earliest deadline, or None when nothing is due ever."""
        return self._ordered[0] if self._ordered else None

    def all(self) -> list[Deadline]:
        """All of them in order, for checks."""
        return list(self._ordered)
