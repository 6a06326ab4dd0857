"""When things fall due for a work item: which timers run, and until when."""

from libs.common.contracts.configuration import DeskPolicies
from libs.common.contracts.terms import OfferMode
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.aftercare import FollowUp
from services.router.core.entities import Desk, Plan, WorkItem
from services.router.core.lifecycle import WAITING
from services.router.core.relaxing import step_due_ms
from services.router.core.state import PartitionState


def next_timer_ms(item: WorkItem) -> int | None:
    """When something is due for the item; which timers run depends on its state."""
    timers: tuple[int | None, ...]
    if item.state is S.QUEUED:
        timers = (
            item.until_ms,
            item.step_due_ms,
            item.promotion_due_ms,
            item.patience_due_ms,
            item.escalation_due_ms,
            # Whoever is kept for one agent has no place in a line.
            item.notice_due_ms if item.hold_agent_id is None else None,
        )
    elif item.state in WAITING:
        timers = (item.until_ms, item.escalation_due_ms)
    else:
        answer_due_ms = item.answer_due_ms if item.state is S.ASSIGNED else None
        timers = (item.until_ms, answer_due_ms, item.silence_due_ms)
    running = [due for due in timers if due is not None]
    if item.refusals and item.state in WAITING:
        running += [until for _, until in item.refusals]
    return min(running) if running else None


def start_waiting(state: PartitionState, item: WorkItem) -> None:
    """The timers of a queued item; those of the present wait go on where they were."""
    desk = state.need(Desk, item.tenant_id, item.desk_id)
    policies = desk.configuration.policies
    item.step_due_ms = step_due_ms(item, plan_of(desk, item))
    item.answer_due_ms = None
    item.notice_due_ms = _notice_due_ms(state, item)
    if item.promotion_due_ms is None and not item.has_best_rank:
        item.promotion_due_ms = item.waiting_since_ms + 1_000 * policies.promote_after_s
    if item.patience_due_ms is None and not item.is_passed_over and _may_keep_an_agent(state, item):
        item.patience_due_ms = state.now_ms + 1_000 * policies.capacity_patience_s


def _may_keep_an_agent(state: PartitionState, item: WorkItem) -> bool:
    index = state.index_of((item.tenant_id, item.desk_id))
    queue = index.queues.get(item.queue_id)
    is_broadcast = queue is not None and queue.offer.mode is OfferMode.BROADCAST
    return not is_broadcast and index.kinds.is_heavy(item.channel, item.weight)


def _notice_due_ms(state: PartitionState, item: WorkItem) -> int | None:
    """When the customer is told their place next, if the queue tells it: the timer goes on from one
    queue to the next, and never comes sooner after the last notice than the queue says.
    """
    queue = state.index_of((item.tenant_id, item.desk_id)).queues.get(item.queue_id)
    policy = queue.wait_notices if queue is not None else None
    if policy is None or item.notices >= policy.at_most:
        return None
    if item.notice_due_ms is not None:
        return item.notice_due_ms
    every_ms = 1_000 * policy.every_s
    first_ms = state.now_ms if policy.at_queueing and not item.notices else state.now_ms + every_ms
    return max(first_ms, item.noticed_ms + every_ms)


def escalation_due_ms(state: PartitionState, item: WorkItem, queue_id: str) -> int | None:
    """When the queue's people are told that the item waits too long: once in a wait (I6)."""
    queue = state.index_of((item.tenant_id, item.desk_id)).queues.get(queue_id)
    if queue is None or queue.escalation is None or queue_id in item.escalated_queues:
        return None
    return item.waiting_since_ms + queue.escalation.after_s * 1_000


def answer_due_ms(state: PartitionState, item: WorkItem) -> int | None:
    """When an assigned item without an answer is taken back, if the desk does that."""
    policies = policies_of(state, item)
    after_s = policies.unanswered_take_back_after_s
    return state.now_ms + 1_000 * after_s if after_s is not None else None


def start_silence(state: PartitionState, item: WorkItem) -> None:
    """The customer is waited for from now on; they are reminded if the queue says so (not R18's
    calls).
    """
    queue = state.index_of((item.tenant_id, item.desk_id)).queues.get(item.queue_id)
    policy = queue.inactivity if queue is not None else None
    desk = state.need(Desk, item.tenant_id, item.desk_id)
    is_promised = state.get(FollowUp, item.conversation_id) is not None
    if policy is None or is_promised or desk.configuration.channel(item.channel).exclusive:
        end_silence(item)
        return
    item.silent_since_ms, item.is_reminded = state.now_ms, False
    item.silence_due_ms = state.now_ms + 1_000 * policy.remind_after_s


def end_silence(item: WorkItem) -> None:
    """Nobody waits for the customer, or for something else first."""
    item.silence_due_ms, item.is_reminded = None, False


def policies_of(state: PartitionState, item: WorkItem) -> DeskPolicies:
    """The policies of the item's desk."""
    return state.need(Desk, item.tenant_id, item.desk_id).configuration.policies


def plan_of(desk: Desk, item: WorkItem) -> Plan:
    """The steps that the item goes through."""
    return desk.plans.get(item.plan_id, ())
