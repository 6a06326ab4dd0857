"""How decisions change work items: each move is checked against the lifecycle before it is made."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Conversation, Desk, WorkItem
from services.router.core.indexing import forget_item, index_agent, index_item
from services.router.core.lifecycle import OWNED, check_move
from services.router.core.state import PartitionState

REFUSALS_REMEMBERED_MAX = 16
_REFUSALS = {ReservationOutcome.REJECTED, ReservationOutcome.TIMED_OUT}


def change_item(
    state: PartitionState, work_item_id: str, move_to: S | None, **fields: object
) -> WorkItem:
    """Move an item (or with None leave its state), set the fields, and index it anew."""
    item = state.changing(WorkItem, work_item_id)
    if move_to is not None:
        check_move(work_item_id, item.state, move_to)
        item.state = move_to
        item.until_ms, item.reservation_id = None, None
        item.held_units = item.weight if item.agent_id is not None else 0
    for name, value in fields.items():
        setattr(item, name, value)
    index_item(state, item)
    return item


def queue_item(state: PartitionState, queued: d.WorkItemQueued) -> None:
    """A new item, or one that stands in a line again with its old virtual time."""
    item = state.get(WorkItem, queued.work_item_id)
    if item is None:
        item = _new_item(state, queued)
    check_move(item.work_item_id, item.state, S.QUEUED)
    state.changing(WorkItem, item.work_item_id)
    if queued.queue_id != item.queue_id or queued.reason is QueueingReason.ARRIVED:
        item.escalation_due_ms = _escalation_due_ms(state, item, queued.queue_id)
    was_owned = item.state in OWNED
    item.state = S.QUEUED
    item.queue_id = queued.queue_id
    item.requires = queued.requires
    item.virtual_time_ms = queued.virtual_time_ms
    item.sequence = queued.sequence
    item.agent_id, item.reservation_id, item.until_ms, item.held_units = None, None, None, 0
    if was_owned or queued.reason is QueueingReason.MIGRATED:
        item.refusals = []
    index_item(state, item)


def _new_item(state: PartitionState, queued: d.WorkItemQueued) -> WorkItem:
    check_move(queued.work_item_id, None, S.QUEUED)
    item = WorkItem(
        tenant_id=queued.tenant_id,
        desk_id=queued.desk_id,
        work_item_id=queued.work_item_id,
        conversation_id=queued.conversation_id,
        state=S.QUEUED,
        queue_id=queued.queue_id,
        requires=queued.requires,
        channel=queued.channel,
        weight=queued.weight,
        strict_class=queued.strict_class,
        virtual_time_ms=queued.virtual_time_ms,
        waiting_since_ms=state.now_ms,
        sequence=queued.sequence,
        rule_id=queued.rule_id,
    )
    state.add(item, item.work_item_id)
    state.changing(Conversation, queued.conversation_id).work_item_id = item.work_item_id
    return item


def _escalation_due_ms(state: PartitionState, item: WorkItem, queue_id: str) -> int | None:
    queue = state.index_of((item.tenant_id, item.desk_id)).queues.get(queue_id)
    if queue is None or queue.escalation is None:
        return None
    return item.waiting_since_ms + queue.escalation.after_s * 1_000


def offer_item(state: PartitionState, opened: d.ReservationOpened) -> None:
    """Hold the agent's units while the agent decides."""
    item = state.changing(WorkItem, opened.work_item_id)
    check_move(item.work_item_id, item.state, S.RESERVED)
    item.state = S.RESERVED
    item.agent_id = opened.agent_id
    item.held_units = item.weight
    item.reservation_id = opened.reservation_id
    item.offers += 1
    item.until_ms = opened.expires_at_ms
    index_item(state, item)


def end_reservation(state: PartitionState, ended: d.ReservationEnded) -> None:
    """The units are free again; a refusal is remembered for the item, silence for the agent.

    The item stays reserved until the `WorkItemQueued` that always follows in the same record.
    """
    item = state.changing(WorkItem, ended.work_item_id)
    agent = state.changing(Agent, ended.tenant_id, ended.desk_id, ended.agent_id)
    if ended.outcome is ReservationOutcome.TIMED_OUT:
        agent.unanswered += 1
    if ended.outcome in _REFUSALS:
        desk = state.need(Desk, ended.tenant_id, ended.desk_id)
        until_ms = state.now_ms + desk.configuration.policies.refusal_forgotten_after_s * 1_000
        others = [one for one in item.refusals if one[0] != ended.agent_id]
        item.refusals = [*others, (ended.agent_id, until_ms)][-REFUSALS_REMEMBERED_MAX:]
    item.agent_id, item.reservation_id, item.until_ms, item.held_units = None, None, None, 0
    index_item(state, item)
    index_agent(state, agent)


def complete_item(state: PartitionState, work_item_id: str) -> None:
    """Nothing is left of a completed item but the log."""
    item = state.need(WorkItem, work_item_id)
    check_move(work_item_id, item.state, S.COMPLETED)
    forget_item(state, item)
    state.drop(WorkItem, work_item_id)
