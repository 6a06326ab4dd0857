"""How decisions change what is known of a queue as a whole: its pace, its measure, its overflow."""

from libs.common.contracts import decisions as d
from services.router.core.entities import Desk, QueuePace
from services.router.core.indexing import index_hours, index_pace, index_rematch
from services.router.core.state import PartitionState

STRETCH_MS = 30_000
STRETCHES = 10
SERVED_OVER_S = STRETCH_MS * STRETCHES // 1_000


def changing_pace(state: PartitionState, decision: d.Decision, queue_id: str) -> QueuePace:
    """The pace of the decision's queue, to change; a queue's first decision brings it about."""
    key = (decision.tenant_id, decision.desk_id, queue_id)
    if state.get(QueuePace, *key) is None:
        state.add(QueuePace(tenant_id=key[0], desk_id=key[1], queue_id=queue_id), *key)
    return state.changing(QueuePace, *key)


def note_line(state: PartitionState, decision: d.Decision, queue_id: str) -> None:
    """Somebody joined or left the queue's lines: its measure is out of date."""
    pace = state.get(QueuePace, decision.tenant_id, decision.desk_id, queue_id)
    if pace is not None and pace.is_stale and pace.measured_waiting:
        return  # It is due to be measured already.
    if pace is None or not pace.is_stale:
        pace = changing_pace(state, decision, queue_id)
        pace.is_stale = True
    index_pace(state, pace)


def count_assignment(state: PartitionState, decision: d.Decision, queue_id: str) -> None:
    """One more was served."""
    pace = changing_pace(state, decision, queue_id)
    stretch = state.now_ms // STRETCH_MS
    served = [one for one in pace.served if one[0] > stretch - STRETCHES]
    if served and served[-1][0] == stretch:
        served[-1] = (stretch, served[-1][1] + 1)
    else:
        served.append((stretch, 1))
    pace.served = served


def served_lately(pace: QueuePace | None, now_ms: int) -> int:
    """Assignments within the last five minutes, to a stretch."""
    if pace is None:
        return 0
    oldest = now_ms // STRETCH_MS - STRETCHES
    return sum(count for stretch, count in pace.served if stretch > oldest)


def measure(state: PartitionState, measured: d.QueueMeasured) -> None:
    """Readers know now."""
    pace = changing_pace(state, measured, measured.queue_id)
    pace.measured_ms, pace.measured_waiting = state.now_ms, measured.waiting
    pace.measured_places = list(measured.places)
    pace.is_stale = False
    index_pace(state, pace)


def change_hours(state: PartitionState, changed: d.QueueHoursChanged) -> None:
    """The queue opened or closed, or was only looked at.

    Whoever is free, or kept for what waits there, is looked at in a rematch.
    """
    pace = changing_pace(state, changed, changed.queue_id)
    if pace.is_closed == changed.is_open:
        desk = state.changing(Desk, changed.tenant_id, changed.desk_id)
        desk.rematch_due_ms = state.now_ms
        index_rematch(state, desk)
    pace.is_closed, pace.hours_due_ms = not changed.is_open, changed.due_ms
    index_hours(state, pace)


def begin_overflow(state: PartitionState, began: d.OverflowBegan) -> None:
    """What arrives goes to other agents as well."""
    changing_pace(state, began, began.queue_id).is_overflowing = True


def end_overflow(state: PartitionState, ended: d.OverflowEnded) -> None:
    """What arrives goes to other agents no longer."""
    changing_pace(state, ended, ended.queue_id).is_overflowing = False
