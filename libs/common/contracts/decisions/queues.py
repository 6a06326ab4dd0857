"""How a queue as a whole is doing."""

from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision


@decision
class QueueMeasured(Decision):
    """A queue's length and pace, at most every 10 s (R27).

    `places` are (place, strict class, virtual time in ms) of who stands at places 1, 2, 5, 10, 20,
    50 and so on, and last; readers interpolate an item's place between them, within this queue and
    before skills. `served` counts assignments during the last `served_over_s`.
    """

    type: Literal["queue_measured"] = "queue_measured"
    queue_id: str
    waiting: int
    places: tuple[tuple[int, int, int], ...]
    served: int
    served_over_s: int


@decision
class QueueHoursChanged(Decision):
    """A queue opened or closed by its calendar, which is looked at again at `due_ms` (R25).

    Nobody is asked for what waits in a closed queue. It keeps its virtual time.
    """

    type: Literal["queue_hours_changed"] = "queue_hours_changed"
    queue_id: str
    is_open: bool
    due_ms: int


@decision
class OverflowBegan(Decision):
    """The queue is too long: what arrives is for the other queue's agents as well."""

    type: Literal["overflow_began"] = "overflow_began"
    queue_id: str
    to_queue_id: str
    waiting: int
    estimated_wait_s: int | None


@decision
class OverflowEnded(Decision):
    """The queue is short enough again."""

    type: Literal["overflow_ended"] = "overflow_ended"
    queue_id: str
    waiting: int
    estimated_wait_s: int | None
