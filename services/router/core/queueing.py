"""The waiting lines: one per requirement signature, ordered by class, virtual time and sequence.

Items that need the same of an agent stand in one line, so that the next item for an agent is the
best head among the lines within reach. Virtual time is when the wait began minus credit: all items
age alike, and priority is a head start that needs no recomputing.
"""

from typing import NamedTuple

from sortedcontainers import SortedList

from services.router.core.entities import WorkItem


class Signature(NamedTuple):
    """What all items of one line have in common."""

    queue_id: str
    requires: tuple[tuple[str, int], ...]
    weight: int


class Place(NamedTuple):
    """An item's place in its line; the lowest is served first. Sequences are never shared."""

    strict_class: int
    virtual_time_ms: int
    sequence: int
    work_item_id: str


def signature_of(item: WorkItem) -> Signature:
    """The line that this item stands in when it is queued."""
    return Signature(item.queue_id, tuple(sorted(item.requires.items())), item.weight)


class Lines:
    """All lines of one desk."""

    def __init__(self) -> None:
        self._lines: dict[Signature, SortedList[Place]] = {}
        self._places: dict[str, tuple[Signature, Place]] = {}

    def put(self, item: WorkItem) -> None:
        """Stand the item in its line; moves it when its place has changed."""
        signature = signature_of(item)
        place = Place(item.strict_class, item.virtual_time_ms, item.sequence, item.work_item_id)
        if self._places.get(item.work_item_id) == (signature, place):
            return
        self.remove(item.work_item_id)
        self._places[item.work_item_id] = (signature, place)
        self._lines.setdefault(signature, SortedList()).add(place)

    def remove(self, work_item_id: str) -> None:
        """Take the item out of its line, if it stands in one."""
        found = self._places.pop(work_item_id, None)
        if found is None:
            return
        signature, place = found
        line = self._lines[signature]
        line.remove(place)
        if not line:
            del self._lines[signature]

    def waiting(self) -> list[tuple[Signature, "SortedList[Place]"]]:
        """The lines that are not empty; their order means nothing."""
        return list(self._lines.items())

    def places(self) -> dict[str, tuple[Signature, Place]]:
        """Where each waiting item stands, for checks."""
        return self._places
