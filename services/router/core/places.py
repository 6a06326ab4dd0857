"""Places in a line, lowest first: what is asked all the time is who is first.

A heap in which whoever left stays behind until they surface. Joining at the end and leaving at the
head, which is nearly all that happens, costs a tenth of what a sorted list takes for it. It can be
gone through in order all the same, as far as somebody looks.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import NamedTuple

STALE_FACTOR = 3
STALE_MIN = 64


class Place(NamedTuple):
    """An item's place in its line; the lowest is served first. Sequences are never shared."""

    strict_class: int
    virtual_time_ms: int
    sequence: int
    work_item_id: str


# After everybody: the first place of a line where nobody stands, so that lines can be compared.
NOBODY = Place(1 << 62, 0, 0, "")


class Places:
    """The places that are taken, each item's once; `first` is `NOBODY` when none is.

    `left_out_of` are the lists of lines that this one is back in as soon as somebody stands here.
    """

    __slots__ = ("_heap", "_taken", "first", "left_out_of")

    def __init__(self) -> None:
        self._heap: list[Place] = []
        self._taken: dict[str, Place] = {}
        self.first = NOBODY
        self.left_out_of: list[list[Places]] = []

    def __len__(self) -> int:
        return len(self._taken)

    def __iter__(self) -> Iterator[Place]:
        """In order; costs what is looked at."""
        heap, taken = self._heap, self._taken
        ahead = [(heap[0], 0)] if heap else []
        while ahead:
            place, at = heappop(ahead)
            if taken.get(place.work_item_id) is place:
                yield place
            for below in (2 * at + 1, 2 * at + 2):
                if below < len(heap):
                    heappush(ahead, (heap[below], below))

    def unordered(self) -> list[Place]:
        """All of them; their order means nothing."""
        return list(self._taken.values())

    def add(self, place: Place) -> None:
        """Take a place for an item that has none."""
        self._taken[place.work_item_id] = place
        heappush(self._heap, place)
        self.first = self._heap[0]
        if self.left_out_of:
            for lines in self.left_out_of:
                lines.append(self)
            self.left_out_of.clear()

    def remove(self, work_item_id: str) -> None:
        """The item leaves its place."""
        place = self._taken.pop(work_item_id)
        heap, taken = self._heap, self._taken
        if place is not heap[0]:
            if len(heap) > STALE_FACTOR * len(taken) + STALE_MIN:
                self._heap = self.unordered()
                heapify(self._heap)
            return
        heappop(heap)
        while heap and taken.get(heap[0].work_item_id) is not heap[0]:
            heappop(heap)
        self.first = heap[0] if heap else NOBODY


def first_of(lines: list[Places]) -> Place:
    """The first of all in these lines (one at least, in any order); `NOBODY` if they are empty.

    Lines in which nobody stands are left out of the list until somebody does: of hundreds that an
    agent might be given work from, most may be empty, and stay so.
    """
    firsts = [one.first for one in lines]
    if NOBODY in firsts:
        for one in lines:
            if one.first is NOBODY:
                one.left_out_of.append(lines)
        lines[:] = [one for one in lines if one.first is not NOBODY]
    return min(firsts)
