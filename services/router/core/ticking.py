"""What falls due: ticks fire deadlines in order, as many as one record may hold (R2)."""

from collections.abc import Callable
from typing import Any

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import Presence, QueueingReason, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.aftercare import ClosedConversation, FollowUp
from services.router.core.alert_windows import AlertWindow
from services.router.core.alerting import tell_held
from services.router.core.blocking import end_block
from services.router.core.configuring import rematch
from services.router.core.conversations import forget_last_agent
from services.router.core.deadlines import Deadline, DeadlineKind
from services.router.core.entities import Agent, ContactPoint, Desk, QueuePace, WorkItem
from services.router.core.escalating import fire_escalation
from services.router.core.follow_ups import fall_due
from services.router.core.hours import look_at_hours, look_at_shift
from services.router.core.inactivity import break_silence, is_silence_over
from services.router.core.lifecycle import WAITING
from services.router.core.measuring import measure_queue
from services.router.core.offering import end_hold
from services.router.core.placing import (
    fill_agent,
    forget_refusals,
    keep_an_agent,
    place_item,
    queue_again,
)
from services.router.core.presence import announce_presence, leave, lose_replica, take_back
from services.router.core.promising import fire_clock
from services.router.core.reopening import end_reopening
from services.router.core.reservations import end_all
from services.router.core.snoozing import wake
from services.router.core.turn import Turn
from services.router.core.wait_notices import tell_place
from services.router.core.work import complete, give_up_owner

DEADLINES_PER_TICK_MAX = 256
LEVEL_OF_TIMED_ESCALATION = 1


def tick(turn: Turn) -> None:
    """Fire what is due, earliest first. What is left over stays due for the next tick."""
    for _ in range(DEADLINES_PER_TICK_MAX):
        deadline = turn.state.deadlines.first()
        if deadline is None or deadline.due_ms > turn.now_ms or turn.is_full:
            return
        _fire(turn, deadline)


def _fire(turn: Turn, deadline: Deadline) -> None:
    by_id = BY_ID.get(deadline.kind)
    if by_id is not None:
        by_id(turn, deadline.key[0])
        return
    entity, fire = FIRES[deadline.kind]
    fire(turn, turn.state.need(entity, *deadline.key))


def _fire_item(turn: Turn, item: WorkItem) -> None:
    """One of the item's timers is due; another one that is due fires right after."""
    now_ms = turn.now_ms
    if item.escalation_due_ms is not None and item.escalation_due_ms <= now_ms and _waits(item):
        _escalate(turn, item, due_ms=item.escalation_due_ms)
    elif expired := tuple(agent_id for agent_id, until in item.refusals if until <= now_ms):
        forget_refusals(turn, item, expired)
        if item.state is S.QUEUED:
            place_item(turn, item)
    elif is_silence_over(turn, item):
        break_silence(turn, item)
    else:
        _OF_STATE[item.state](turn, item)


def _waits(item: WorkItem) -> bool:
    return item.state in WAITING


def _fire_queued(turn: Turn, item: WorkItem) -> None:
    now_ms = turn.now_ms
    if item.until_ms is not None and item.until_ms <= now_ms:
        end_hold(turn, item, cause="expired")
    elif item.patience_due_ms is not None and item.patience_due_ms <= now_ms:
        _pass_over(turn, item)
        return
    place_item(turn, item)
    tell_place(turn, item)


def _pass_over(turn: Turn, item: WorkItem) -> None:
    """The item waited long enough behind lighter ones: an agent is kept for it (R6)."""
    turn.emit(
        d.WorkItemPassedOver(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            waited_ms=turn.now_ms - item.waiting_since_ms,
        )
    )
    if item.hold_agent_id is None:
        keep_an_agent(turn, item)


def _take_back_unanswered(turn: Turn, item: WorkItem) -> None:
    """The owner did not answer in time: somebody else may (complaint of many desks)."""
    owner_id = item.agent_id or ""
    queue_again(turn, item, reason=QueueingReason.UNANSWERED, by_agent_id=owner_id)
    fill_agent(turn, turn.state.need(Agent, item.tenant_id, item.desk_id, owner_id))


def _time_out(turn: Turn, item: WorkItem) -> None:
    """Nobody answered; after too many silences in a row an agent is set away (R16)."""
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    asked = [turn.state.need(Agent, *desk.key, agent_id) for agent_id, _ in item.offered]
    end_all(turn, item, ReservationOutcome.TIMED_OUT)
    silent = [
        agent
        for agent in asked
        if agent.unanswered >= desk.configuration.policies.ring_no_answer_max
    ]
    for agent in silent:
        announce_presence(turn, agent, Presence.AWAY, cause="ring_no_answer")
    queue_again(turn, item, reason=QueueingReason.TIMED_OUT)
    for agent in asked:
        if agent in silent:
            leave(turn, agent)
        else:
            fill_agent(turn, agent)


def _escalate(turn: Turn, item: WorkItem, *, due_ms: int) -> None:
    queue = turn.state.index_of((item.tenant_id, item.desk_id)).queues.get(item.queue_id)
    escalation = queue.escalation if queue is not None else None
    turn.emit(
        d.EscalationFired(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=item.queue_id,
            level=LEVEL_OF_TIMED_ESCALATION,
            due_ms=due_ms,
            waited_ms=turn.now_ms - item.waiting_since_ms,
            notify_roles=escalation.notify_roles if escalation is not None else (),
        )
    )


def _end_wrap_up(turn: Turn, item: WorkItem) -> None:
    complete(turn, item, code=None)


# What the passing of its time means to an item in this state.
_OF_STATE: dict[S, Callable[[Turn, WorkItem], None]] = {
    S.QUEUED: _fire_queued,
    S.RESERVED: _time_out,
    S.HELD: give_up_owner,
    S.ASSIGNED: _take_back_unanswered,
    S.PARKED: wake,
    S.WRAPPING_UP: _end_wrap_up,
}
# What the passing of a deadline means to that which has this id, or to this entity.
BY_ID: dict[DeadlineKind, Callable[[Turn, str], None]] = {
    DeadlineKind.REPLICA_SILENT: lose_replica,
    DeadlineKind.SLA: fire_clock,
    DeadlineKind.ESCALATION: fire_escalation,
}
FIRES: dict[DeadlineKind, tuple[type[Any], Callable[[Turn, Any], None]]] = {
    DeadlineKind.ITEM: (WorkItem, _fire_item),
    DeadlineKind.TAKE_BACK: (Agent, take_back),
    DeadlineKind.LAST_AGENT: (ContactPoint, forget_last_agent),
    DeadlineKind.MEASURE: (QueuePace, measure_queue),
    DeadlineKind.REMATCH: (Desk, rematch),
    DeadlineKind.QUEUE_HOURS: (QueuePace, look_at_hours),
    DeadlineKind.SHIFT: (Agent, look_at_shift),
    DeadlineKind.ALERT: (AlertWindow, tell_held),
    DeadlineKind.REOPENING: (ClosedConversation, end_reopening),
    DeadlineKind.BLOCK: (ContactPoint, end_block),
    DeadlineKind.FOLLOW_UP: (FollowUp, fall_due),
}
