"""What falls due: ticks fire deadlines in order, as many as one record may hold (R2)."""

from typing import assert_never

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import Presence, QueueingReason, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.configuring import rematch
from services.router.core.deadlines import Deadline, DeadlineKind
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.placing import fill_agent, forget_refusals, place_item, queue_again
from services.router.core.presence import announce_presence, leave, lose_replica, take_back
from services.router.core.reservations import end
from services.router.core.turn import Turn
from services.router.core.work import complete, end_hold

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
    state, key = turn.state, deadline.key
    match deadline.kind:
        case DeadlineKind.ITEM:
            _fire_item(turn, state.need(WorkItem, *key))
        case DeadlineKind.ESCALATION:
            _escalate(turn, state.need(WorkItem, *key), due_ms=deadline.due_ms)
        case DeadlineKind.REFUSALS:
            _expire_refusals(turn, state.need(WorkItem, *key))
        case DeadlineKind.TAKE_BACK:
            take_back(turn, state.need(Agent, *key))
        case DeadlineKind.REPLICA_SILENT:
            lose_replica(turn, key[0])
        case DeadlineKind.REMATCH:
            rematch(turn, state.need(Desk, *key))
        case _:
            assert_never(deadline.kind)


def _fire_item(turn: Turn, item: WorkItem) -> None:
    if item.state is S.RESERVED:
        _time_out(turn, item)
    elif item.state is S.HELD:
        end_hold(turn, item)
    else:
        complete(turn, item, code=None)


def _time_out(turn: Turn, item: WorkItem) -> None:
    """Nobody answered; after too many silences in a row the agent is set away (R16)."""
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    agent = turn.state.need(Agent, *desk.key, item.agent_id or "")
    end(turn, item, ReservationOutcome.TIMED_OUT)
    is_silent = agent.unanswered >= desk.configuration.policies.ring_no_answer_max
    if is_silent:
        announce_presence(turn, agent, Presence.AWAY, cause="ring_no_answer")
    queue_again(turn, item, reason=QueueingReason.TIMED_OUT)
    if is_silent:
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


def _expire_refusals(turn: Turn, item: WorkItem) -> None:
    expired = tuple(agent_id for agent_id, until in item.refusals if until <= turn.now_ms)
    forget_refusals(turn, item, expired)
    if item.state is S.QUEUED:
        place_item(turn, item)
