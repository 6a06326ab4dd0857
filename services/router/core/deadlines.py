"""Everything that falls due, earliest first; time reaches it only through ticks."""

from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import NamedTuple


class DeadlineKind(StrEnum):
    """What falls due. The values order deadlines of the same millisecond."""

    REPLICA_SILENT = "a_replica_silent"
    ITEM = "b_item"
    TAKE_BACK = "c_take_back"
    LAST_AGENT = "d_last_agent"
    MEASURE = "e_measure"
    REMATCH = "f_rematch"
    QUEUE_HOURS = "g_queue_hours"
    SHIFT = "h_shift"
    SLA = "i_sla"
    ESCALATION = "j_escalation"
    ALERT = "k_alert"
    REOPENING = "l_reopening"
    BLOCK = "m_block"
    FOLLOW_UP = "n_follow_up"


class Deadline(NamedTuple):
    """One thing that falls due at `due_ms`, by the key of what it concerns."""

    due_ms: int
    kind: DeadlineKind
    key: tuple[str, ...]


STALE_FACTOR = 3
STALE_MIN = 1_000


class Deadlines:
    """At most one deadline of a kind for each key.

    A heap in which moved deadlines stay behind until they surface: moving one is the common case,
    and most never fall due. Rebuilt when three of four entries are stale.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, DeadlineKind, tuple[str, ...]]] = []
        self._due: dict[tuple[DeadlineKind, tuple[str, ...]], int] = {}

    def set(self, kind: DeadlineKind, key: tuple[str, ...], due_ms: int | None) -> None:
        """Set, move or (with None) remove a deadline."""
        name = (kind, key)
        if due_ms is None:
            self._due.pop(name, None)
        elif self._due.get(name) != due_ms:
            self._due[name] = due_ms
            heappush(self._heap, (due_ms, kind, key))
            if len(self._heap) > STALE_FACTOR * len(self._due) + STALE_MIN:
                self._heap = [(due, *name) for name, due in self._due.items()]
                heapify(self._heap)

    def due_ms(self, kind: DeadlineKind, key: tuple[str, ...]) -> int | None:
        """When this is due, or None."""
        return self._due.get((kind, key))

    def first(self) -> Deadline | None:
        """The earliest deadline, or None when nothing is due ever."""
        heap, due = self._heap, self._due
        while heap:
            due_ms, kind, key = heap[0]
            if due.get((kind, key)) == due_ms:
                return Deadline(due_ms, kind, key)
            heappop(heap)
        return None

    def all(self) -> list[Deadline]:
        """All of them in order, for checks."""
        return sorted(Deadline(due, kind, key) for (kind, key), due in self._due.items())
