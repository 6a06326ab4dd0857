"""Promises that the queue's pace can't keep are at risk now, before their share of time says so.

Decided where the queue is measured anyway (R27), never for each item that moves: whoever stands at
place n is expected after n times what one took lately. Each clock gets at risk once. A long queue
is looked at in parts, one a measure, chosen by engine time alone (R2).
"""

from libs.common.contracts.terms import SlaTarget
from services.router.core.clock_decisions import tell_at_risk
from services.router.core.entities import QueuePace, WorkItem
from services.router.core.evolve_queues import SERVED_OVER_S
from services.router.core.indexing import MEASURE_EVERY_MS
from services.router.core.places import Place
from services.router.core.promises import SlaClock, SlaInstance
from services.router.core.turn import Turn

EXAMINED_MAX = 2_000
_OF_REPLIES = (SlaTarget.FIRST_RESPONSE, SlaTarget.NEXT_RESPONSE)


def foresee(turn: Turn, pace: QueuePace, order: list[Place], *, served: int) -> None:
    """Tell which responses are due before their turn comes at this pace.

    Where nobody was served lately there is no pace to tell from, and a closed queue has none.
    """
    if not served or pace.is_closed or not turn.state.tables["sla_instance"]:
        return
    begin = _part(len(order), turn.now_ms)
    for number, place in enumerate(order[begin : begin + EXAMINED_MAX], start=begin + 1):
        if turn.is_full:
            return
        expected_ms = turn.now_ms + number * 1_000 * SERVED_OVER_S // served
        item = turn.state.need(WorkItem, place.work_item_id)
        instance = turn.state.get(SlaInstance, item.conversation_id)
        if instance is not None:
            _foresee(turn, instance, expected_ms)


def _foresee(turn: Turn, instance: SlaInstance, expected_ms: int) -> None:
    for clock in instance.clocks:
        if _is_too_late(clock, expected_ms):
            tell_at_risk(turn, instance, clock, at_risk_ms=turn.now_ms, expected_ms=expected_ms)


def _part(waiting: int, now_ms: int) -> int:
    """Where the part of the queue begins whose turn it is to be looked at."""
    parts = max(1, -(-waiting // EXAMINED_MAX))
    return now_ms // MEASURE_EVERY_MS % parts * EXAMINED_MAX


def _is_too_late(clock: SlaClock, expected_ms: int) -> bool:
    """Whether a response that is not at risk yet is due before. One that stands still is not."""
    is_running = clock.due_ms is not None and clock.at_risk_ms is not None
    return is_running and clock.target in _OF_REPLIES and expected_ms > (clock.due_ms or 0)
