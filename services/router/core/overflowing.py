"""When a queue is too long, what arrives is for another queue's agents as well (R29).

Judged at arrival and on steps only, with separate thresholds for entering and leaving: a queue at
the edge does not flap, and nothing has to watch it.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import OverflowThreshold
from services.router.core.entities import QueuePace, WorkItem
from services.router.core.evolve_queues import SERVED_OVER_S, served_lately
from services.router.core.turn import Turn


def widened_by_overflow(
    turn: Turn, item: WorkItem, queue_id: str, also_queues: tuple[str, ...]
) -> tuple[str, ...]:
    """The queues whose agents are asked as well, after judging this queue's length now."""
    desk = (item.tenant_id, item.desk_id)
    to_queue_id = judge(turn, desk, queue_id)
    if to_queue_id is None or to_queue_id in also_queues:
        return also_queues
    return tuple(sorted({*also_queues, to_queue_id}))


def judge(turn: Turn, desk: tuple[str, str], queue_id: str) -> str | None:
    """The queue that helps out now, or None; begins or ends the overflow where that is due."""
    queue = turn.state.index_of(desk).queues.get(queue_id)
    if queue is None or queue.overflow is None:
        return None
    waiting = turn.state.index_of(desk).lines.count(queue_id)
    estimate_s = estimated_wait_s(turn, desk, queue_id)
    pace = turn.state.get(QueuePace, *desk, queue_id)
    was_overflowing = pace is not None and pace.is_overflowing
    if was_overflowing and not _is_reached(queue.overflow.leave, waiting, estimate_s):
        turn.emit(
            d.OverflowEnded(
                tenant_id=desk[0],
                desk_id=desk[1],
                queue_id=queue_id,
                waiting=waiting,
                estimated_wait_s=estimate_s,
            )
        )
        return None
    if not was_overflowing and _is_reached(queue.overflow.enter, waiting, estimate_s):
        turn.emit(
            d.OverflowBegan(
                tenant_id=desk[0],
                desk_id=desk[1],
                queue_id=queue_id,
                to_queue_id=queue.overflow.to,
                waiting=waiting,
                estimated_wait_s=estimate_s,
            )
        )
        return queue.overflow.to
    return queue.overflow.to if was_overflowing else None


def estimated_wait_s(turn: Turn, desk: tuple[str, str], queue_id: str) -> int | None:
    """How long what joins the queue now will wait at the pace of the last five minutes.

    None when nobody was served in that time and somebody waits: there is no pace to tell from.
    """
    waiting = turn.state.index_of(desk).lines.count(queue_id)
    served = served_lately(turn.state.get(QueuePace, *desk, queue_id), turn.now_ms)
    if not waiting:
        return 0
    return waiting * SERVED_OVER_S // served if served else None


def _is_reached(threshold: OverflowThreshold, waiting: int, estimate_s: int | None) -> bool:
    is_long = threshold.waiting is not None and waiting >= threshold.waiting
    is_slow = threshold.estimated_wait_s is not None and (
        # Somebody waits and nobody was served: whatever the threshold is, it is reached.
        estimate_s is None or estimate_s >= threshold.estimated_wait_s
    )
    return is_long or is_slow
