"""The waiting lines: one per requirement signature, ordered by class, virtual time and sequence.

Items that need the same of an agent stand in one line, so that the next item for an agent is the
best head among the lines within reach. Virtual time is when the wait began minus credit: all items
age alike, and priority is a head start that needs no recomputing.
"""

from typing import NamedTuple

from sortedcontainers import SortedList

from services.router.core.bench import Population
from services.router.core.capacity import Kind
from services.router.core.entities import WorkItem
from services.router.core.profiles import Profile

RANK_OF_LENT_AGENTS = 100


class Signature(NamedTuple):
    """What all items of one line have in common."""

    queue_id: str
    also_queues: tuple[str, ...]
    also_groups: tuple[str, ...]
    is_for_anyone: bool
    requires: tuple[tuple[str, int], ...]
    channel: str
    weight: int
    has_best_rank: bool

    def admits(self, profile: Profile) -> bool:
        """Whether the line is for agents of this profile, their room aside."""
        is_asked = (
            self.is_for_anyone
            or self.queue_id in profile.queues
            or any(queue_id in profile.queues for queue_id in self.also_queues)
            or any(group in profile.groups for group in self.also_groups)
        )
        return is_asked and profile.takes(self.channel) and profile.has_skills(self.requires)

    def queue_for(self, profile: Profile) -> str:
        """Under which of the profile's queues its agents see the line; else under its own."""
        for queue_id in (self.queue_id, *self.also_queues):
            if queue_id in profile.queues:
                return queue_id
        return self.queue_id

    def rank_for(self, profile: Profile) -> int:
        """The line's rank for agents of this profile; 0 once its items waited longest (R7)."""
        if self.has_best_rank:
            return 0
        if profile.weights:
            return 1
        return profile.ranks.get(self.queue_for(profile), RANK_OF_LENT_AGENTS)


class Place(NamedTuple):
    """An item's place in its line; the lowest is served first. Sequences are never shared."""

    strict_class: int
    virtual_time_ms: int
    sequence: int
    work_item_id: str


def signature_of(item: WorkItem) -> Signature:
    """The line that this item stands in when it is queued."""
    return Signature(
        item.queue_id,
        item.also_queues,
        item.also_groups,
        item.is_for_anyone,
        tuple(sorted(item.requires.items())),
        item.channel,
        item.weight,
        item.has_best_rank,
    )


class Line:
    """The items of one signature; `head` is the first of them, `populations` are whom it asks.

    `unkept` are those who were passed over and have no agent kept for them yet.
    """

    __slots__ = ("head", "kind", "places", "populations", "signature", "unkept")

    def __init__(
        self, signature: Signature, kind: Kind, populations: tuple[Population, ...]
    ) -> None:
        self.signature = signature
        self.kind = kind
        self.populations = populations
        self.places: SortedList[Place] = SortedList()
        self.unkept: SortedList[Place] = SortedList()
        self.head: Place | None = None

    def add(self, place: Place) -> None:
        """Stand the item in its place."""
        self.places.add(place)
        self.head = self.places[0]

    def remove(self, place: Place) -> None:
        """Take it out."""
        self.places.remove(place)
        self.head = self.places[0] if self.places else None


class Reached(NamedTuple):
    """A line as agents of one profile see it."""

    line: Line
    rank: int
    queue_id: str


class Lines:
    """All lines of one desk, who stands where, and the order within each queue."""

    def __init__(self) -> None:
        self._lines: dict[Signature, Line] = {}
        self._all: list[Line] = []
        self._stands: dict[str, tuple[Line, Place]] = {}
        self._reached: dict[Profile, tuple[int, list[Reached]]] = {}
        self._order: dict[str, SortedList[tuple[int, int]]] = {}

    def line_of(self, signature: Signature) -> Line | None:
        """The line of this signature, if anything ever stood in it."""
        return self._lines.get(signature)

    def open_line(
        self, signature: Signature, kind: Kind, populations: tuple[Population, ...]
    ) -> Line:
        """A new line, which asks these populations."""
        line = self._lines[signature] = Line(signature, kind, populations)
        self._all.append(line)
        return line

    def put(self, item: WorkItem, line: Line) -> None:
        """Stand the item in its line; moves it when its place has changed."""
        place = Place(item.strict_class, item.virtual_time_ms, item.sequence, item.work_item_id)
        stands = self._stands.get(item.work_item_id)
        if stands is None or stands[0] is not line or stands[1] != place:
            self.remove(item.work_item_id)
            self._stand(item, line, place)
        if item.is_passed_over:
            line.unkept.discard(place)
            if item.capacity_agent_id is None:
                line.unkept.add(place)

    def _stand(self, item: WorkItem, line: Line, place: Place) -> None:
        self._stands[item.work_item_id] = (line, place)
        line.add(place)
        order = self._order.get(item.queue_id)
        if order is None:
            order = self._order[item.queue_id] = SortedList()
        order.add(place[:2])

    def remove(self, work_item_id: str) -> None:
        """Take the item out of its line, if it stands in one."""
        stands = self._stands.pop(work_item_id, None)
        if stands is None:
            return
        line, place = stands
        line.remove(place)
        line.unkept.discard(place)
        self._order[line.signature.queue_id].remove(place[:2])

    def line_with(self, work_item_id: str) -> Line | None:
        """The line that the item stands in, if it stands in one."""
        stands = self._stands.get(work_item_id)
        return stands[0] if stands is not None else None

    def waiting(self) -> list[Line]:
        """The lines that are not empty; their order means nothing."""
        return [line for line in self._all if line.head is not None]

    def count(self, queue_id: str) -> int:
        """How many items wait in this queue."""
        return len(self._order.get(queue_id, ()))

    def at_place(self, queue_id: str, place: int) -> tuple[int, int]:
        """The strict class and virtual time of whoever stands at this place (from 1)."""
        strict_class, virtual_time_ms = self._order[queue_id][place - 1]
        return strict_class, virtual_time_ms

    def within_reach(self, profile: Profile) -> list[Reached]:
        """The lines for agents of this profile, empty ones included."""
        seen, reached = self._reached.get(profile, (0, []))
        if seen < len(self._all):
            for line in self._all[seen:]:
                signature = line.signature
                if signature.admits(profile):
                    seat = (signature.rank_for(profile), signature.queue_for(profile))
                    reached.append(Reached(line, *seat))
            self._reached[profile] = (len(self._all), reached)
        return reached
