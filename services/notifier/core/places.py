"""Where an item stands in its queue, by the queue's last measure.

The router says of a queue who stands at places 1, 2, 5, 10, 20, 50 ... and last (R27), each by
class and virtual time, which is the order of the line. An item's own class and virtual time fall
between two of them, and so does its place: in proportion to the time between them within one
class, in the middle where the class changes, since the measure tells nothing of what lies between.

The place is within this queue and before skills: somebody with rarer needs may wait longer.
Places never contradict each other: who stands before somebody never has the higher place.
"""

from bisect import bisect_left
from dataclasses import dataclass

from libs.common.contracts.decisions import QueueMeasured

BASIS = "within this queue, before skills"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides an item's place in its queue: class first, then virtual time."""

    strict_class: int
    virtual_time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place (from 1) among those who wait, and the wait that the queue's pace promises, if the
    queue had any pace during the last minutes.
    """

    position: int
    waiting: int
    estimated_wait_s: int | None


def position_of(measured: QueueMeasured, standing: Standing) -> Position:
    """The item's place by this measure: between 1 and one more than were waiting then."""
    position = _place(measured.places, (standing.strict_class, standing.virtual_time_ms))
    return Position(
        position=position,
        waiting=max(measured.waiting, position),
        estimated_wait_s=_wait_s(position, measured),
    )


def _place(places: tuple[tuple[int, int, int], ...], mine: tuple[int, int]) -> int:
    keys = [(strict_class, virtual_time_ms) for _, strict_class, virtual_time_ms in places]
    behind = bisect_left(keys, mine)
    if behind == len(keys):
        # Later than the last who was measured, or nobody was.
        return places[-1][0] + 1 if places else 1
    if behind == 0 or keys[behind] == mine:
        return places[behind][0]
    (before, before_class, before_ms), (after, after_class, after_ms) = places[
        behind - 1 : behind + 1
    ]
    if before_class != after_class:
        return (before + after + 1) // 2
    # Whole numbers, rounded up: who is later than somebody does not stand at the same place.
    share_of = after_ms - before_ms
    return before - (before - after) * (mine[1] - before_ms) // share_of


def _wait_s(position: int, measured: QueueMeasured) -> int | None:
    """As long as the queue took for so many during the measured minutes."""
    if not measured.served:
        return None
    return -(-position * measured.served_over_s // measured.served)
