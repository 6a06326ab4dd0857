"""The waiting lines: one per class and requirement signature, by virtual time and sequence.

Items that need the same of an agent stand in one line, so that the next item for an agent is the
best head among the lines within reach of the best class and rank. Virtual time is when the wait
began minus credit: all items age alike, and priority is a head start that needs no recomputing.
"""

from bisect import insort
from itertools import chain
from typing import NamedTuple

from services.router.core.capacity import Kind
from services.router.core.entities import WorkItem
from services.router.core.places import NOBODY, Place, Places
from services.router.core.populations import Population, in_order
from services.router.core.profiles import Profile

RANK_OF_LENT_AGENTS = 100
# So few lines with somebody in them are looked at one by one.
FEW_LINES = 16


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
    strict_class: int

    def admits(self, profile: Profile) -> bool:
        """Whether the line is for agents of this profile, their room aside."""
        is_asked = (
            self.is_for_anyone
            or self.queue_id in profile.queues
            or not profile.queues.isdisjoint(self.also_queues)
            or not profile.groups.isdisjoint(self.also_groups)
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


def signature_of(item: WorkItem) -> Signature:
    """The line that this item stands in when it is queued."""
    return Signature(
        item.queue_id,
        item.also_queues,
        item.also_groups,
        item.is_for_anyone,
        in_order(item.requires),
        item.channel,
        item.weight,
        item.has_best_rank,
        item.strict_class,
    )


class Line:
    """The items of one signature in their places; `populations` are whom it asks."""

    __slots__ = ("kind", "places", "populations", "signature")

    def __init__(
        self, signature: Signature, kind: Kind, populations: tuple[Population, ...]
    ) -> None:
        self.signature = signature
        self.kind = kind
        self.populations = populations
        self.places = Places()


class Reached(NamedTuple):
    """Lines that agents of one profile see alike: of one class and one rank.

    By queue for agents whose queues have weights, else all together.
    """

    strict_class: int
    rank: int
    by_queue: dict[str, list[Places]]


def _order(reached: Reached) -> tuple[int, int]:
    """Rank never beats class (R4)."""
    return (reached.strict_class, reached.rank)


class View:
    """The lines that agents of one profile see with one room, as of how many lines there were."""

    __slots__ = ("_known", "admitting_seen", "lines_seen", "reached")

    def __init__(self) -> None:
        self.lines_seen = 0
        self.admitting_seen = 0
        # In the order in which they are served: what is found in one is before all in the next.
        self.reached: list[Reached] = []
        self._known: dict[tuple[int, int], Reached] = {}

    def add(self, line: Line, rank: int, queue_id: str) -> None:
        """One more line."""
        strict_class = line.signature.strict_class
        reached = self._known.get((strict_class, rank))
        if reached is None:
            reached = self._known[strict_class, rank] = Reached(strict_class, rank, {})
            insort(self.reached, reached, key=_order)
        reached.by_queue.setdefault(queue_id, []).append(line.places)


class Lines:
    """All lines of one desk, who stands where, and how many in each queue.

    A desk has them twice: everybody who waits, and of those whom nobody is kept for though they
    were passed over (R6).
    """

    def __init__(self) -> None:
        self._lines: dict[Signature, Line] = {}
        self._all: list[Line] = []
        self._nonempty: dict[Line, None] = {}
        self._stands: dict[str, tuple[Line, Place]] = {}
        self._views: dict[tuple[Profile, int], View] = {}
        self._admitted: dict[Profile, tuple[int, list[tuple[Line, int, str]]]] = {}
        self._of_queue: dict[str, list[Line]] = {}
        self._count: dict[str, int] = {}
        self._closed: set[str] = set()

    def __len__(self) -> int:
        return len(self._stands)

    def line_of(self, signature: Signature) -> Line | None:
        """The line of this signature, if anything ever stood in it."""
        return self._lines.get(signature)

    def open_line(
        self, signature: Signature, kind: Kind, populations: tuple[Population, ...]
    ) -> Line:
        """A new line, which asks these populations."""
        line = self._lines[signature] = Line(signature, kind, populations)
        self._all.append(line)
        self._of_queue.setdefault(signature.queue_id, []).append(line)
        self._count.setdefault(signature.queue_id, 0)
        return line

    def line_like(self, line: Line) -> Line:
        """The line that looks like this one of other lines."""
        own = self._lines.get(line.signature)
        return own or self.open_line(line.signature, line.kind, line.populations)

    def put(self, item: WorkItem, line: Line) -> None:
        """Stand the item in its line; moves it when its place has changed."""
        name = item.work_item_id
        place = Place(item.strict_class, item.virtual_time_ms, item.sequence, name)
        stands = self._stands.get(name)
        if stands is not None:
            if stands[0] is line and stands[1] == place:
                return
            self.remove(name)
        self._stands[name] = (line, place)
        line.places.add(place)
        self._nonempty[line] = None
        self._count[line.signature.queue_id] += 1

    def remove(self, work_item_id: str) -> None:
        """Take the item out of its line, if it stands in one."""
        stands = self._stands.pop(work_item_id, None)
        if stands is None:
            return
        line, _ = stands
        line.places.remove(work_item_id)
        if line.places.first is NOBODY:
            del self._nonempty[line]
        self._count[line.signature.queue_id] -= 1

    def line_with(self, work_item_id: str) -> Line | None:
        """The line that the item stands in, if it stands in one."""
        stands = self._stands.get(work_item_id)
        return stands[0] if stands is not None else None

    def is_open(self, queue_id: str) -> bool:
        """Whether anybody is asked for what waits in the queue (R25)."""
        return queue_id not in self._closed

    def set_open(self, queue_id: str, *, is_open: bool) -> None:
        """Show the queue's lines to agents or hide them: so seldom that all views are made anew."""
        if is_open == self.is_open(queue_id):
            return
        if is_open:
            self._closed.discard(queue_id)
        else:
            self._closed.add(queue_id)
        self._views.clear()
        self._admitted.clear()
        for line in self._all:
            line.places.left_out_of.clear()

    def waiting(self) -> list[Line]:
        """The lines that are not empty; their order means nothing."""
        return [line for line in self._all if line.places]

    def count(self, queue_id: str) -> int:
        """How many items wait in this queue."""
        return self._count.get(queue_id, 0)

    def ahead_of(self, queue_id: str, place: Place) -> int:
        """How many in this queue, across its lines, stand before that place; looks at them all."""
        lines = self._of_queue.get(queue_id, [])
        return sum(one < place for line in lines for one in line.places.unordered())

    def in_order(self, queue_id: str) -> list[Place]:
        """Who waits in this queue, first to last, across its lines.

        Put in order for the asking: that is once in ten seconds (R27), while places change all the
        time.
        """
        lines = self._of_queue.get(queue_id, [])
        return sorted(chain.from_iterable([line.places.unordered() for line in lines]))

    def within_reach(self, profile: Profile, room: int) -> list[Reached]:
        """The lines for agents of this profile with this room, those to be served first at first.

        Perhaps some empty ones as well. An agent's next item is the first of hundreds of lines:
        they are found once for each room that agents of a profile ever have, so that looking at one
        costs no more than its head. At light load hardly anybody waits, and there may be as many
        profiles as agents: then only the lines where somebody stands are looked at.
        """
        if len(self._nonempty) <= FEW_LINES:
            return self._reached_among_few(profile, room)
        view = self._views.get((profile, room))
        if view is None:
            view = self._views[profile, room] = View()
        if view.lines_seen < len(self._all):
            view.lines_seen = len(self._all)
            admitting = self._admitting(profile)
            for line, rank, queue_id in admitting[view.admitting_seen :]:
                if line.kind.bit & room:
                    view.add(line, rank, queue_id)
            view.admitting_seen = len(admitting)
        return view.reached

    def _reached_among_few(self, profile: Profile, room: int) -> list[Reached]:
        view = View()
        lines = [line for line in self._nonempty if line.kind.bit & room]
        for admitted in self._admitted_of(lines, profile):
            view.add(*admitted)
        return view.reached

    def _admitting(self, profile: Profile) -> list[tuple[Line, int, str]]:
        """The lines for a profile, the rank and, where queues have weights, the queue of each."""
        seen, admitted = self._admitted.get(profile, (0, []))
        admitted += self._admitted_of(self._all[seen:], profile)
        self._admitted[profile] = (len(self._all), admitted)
        return admitted

    def _admitted_of(self, lines: list[Line], profile: Profile) -> list[tuple[Line, int, str]]:
        return [
            (
                line,
                line.signature.rank_for(profile),
                line.signature.queue_for(profile) if profile.weights else "",
            )
            for line in lines
            if line.signature.queue_id not in self._closed and line.signature.admits(profile)
        ]
