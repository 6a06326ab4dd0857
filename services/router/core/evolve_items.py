"""How decisions change work items: each move is checked against the lifecycle before it is made."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Conversation, WorkItem
from services.router.core.evolve_queues import note_line
from services.router.core.indexing import (
    forget_item,
    index_item,
    index_timer,
    index_unkept,
    index_waiting,
)
from services.router.core.lifecycle import OWNED, check_move
from services.router.core.state import PartitionState
from services.router.core.timers import (
    answer_due_ms,
    end_silence,
    escalation_due_ms,
    policies_of,
    start_silence,
    start_waiting,
)

# Whoever had the item and did not want it is asked again only like one who refused (R12).
_LEFT_BY_THE_OWNER = (
    QueueingReason.UNANSWERED,
    QueueingReason.OWNER_LEFT,
    QueueingReason.ESCALATED,
)
_BEGINS = frozenset({QueueingReason.ARRIVED, QueueingReason.SPLIT})
_KEEPS_ITS_WAY = frozenset(QueueingReason) - _BEGINS - {QueueingReason.TRANSFERRED}


def change_item(
    state: PartitionState, work_item_id: str, move_to: S | None, **fields: object
) -> WorkItem:
    """Move an item (or with None leave its state), set the fields, and index it anew."""
    item = state.changing(WorkItem, work_item_id)
    if move_to is not None:
        check_move(work_item_id, item.state, move_to)
        item.state = move_to
        item.until_ms, item.offered = None, []
        item.held_units = item.weight if item.agent_id is not None else 0
    for name, value in fields.items():
        setattr(item, name, value)
    index_item(state, item)
    return item


def begin_new_wait(
    state: PartitionState, work_item_id: str, move_to: S, *, virtual_time_ms: int, **fields: object
) -> None:
    """The customer came back (R5): what the wait before it earned ended with that wait.

    Steps and alarm count from now. Steps that applied stay, since a step only widens (R13).
    """
    item = state.need(WorkItem, work_item_id)
    change_item(
        state,
        work_item_id,
        move_to,
        virtual_time_ms=virtual_time_ms,
        waiting_since_ms=state.now_ms,
        plan_begun_ms=state.now_ms,
        promotion_due_ms=None,
        is_promoted=False,
        strict_class=item.strict_class + item.promoted_by,
        promoted_by=0,
        has_best_rank=False,
        escalated_queues=[],
        notices=0,
        notice_due_ms=None,
        **fields,
    )
    item.escalation_due_ms = escalation_due_ms(state, item, item.queue_id)
    index_item(state, item)


def resume_item(state: PartitionState, resumed: d.WorkItemResumed) -> None:
    """The owner goes on. Of an item that was held, the wait began when the customer came back."""
    item = state.need(WorkItem, resumed.work_item_id)
    due_ms = answer_due_ms(state, item)
    if item.state is S.HELD:
        change_item(state, item.work_item_id, S.ASSIGNED, answer_due_ms=due_ms)
    else:
        begin_new_wait(
            state,
            item.work_item_id,
            S.ASSIGNED,
            virtual_time_ms=resumed.virtual_time_ms,
            answer_due_ms=due_ms,
        )


def queue_item(state: PartitionState, queued: d.WorkItemQueued) -> None:
    """A new item, or one that stands in a line again with its old virtual time."""
    item = state.get(WorkItem, queued.work_item_id)
    if item is None:
        item = _new_item(state, queued)
    check_move(item.work_item_id, item.state, S.QUEUED)
    state.changing(WorkItem, item.work_item_id)
    was_owned = item.state in OWNED
    queue_before = item.queue_id
    has_moved = queued.queue_id != queue_before
    if has_moved or queued.reason in _BEGINS:
        item.escalation_due_ms = escalation_due_ms(state, item, queued.queue_id)
    if has_moved or queued.reason not in _KEEPS_ITS_WAY or item.plan_id != queued.plan_id:
        _begin_way(state, item, queued)
    item.state = S.QUEUED
    item.queue_id = queued.queue_id
    item.requires, item.prefers = queued.requires, queued.prefers
    item.also_queues = queued.also_queues
    item.virtual_time_ms = queued.virtual_time_ms
    item.strict_class = queued.strict_class
    item.sequence = queued.sequence
    item.agent_id, item.until_ms, item.held_units = None, None, 0
    item.offered, item.whys, item.participants = [], {}, {}
    end_silence(item)
    if was_owned or queued.reason is QueueingReason.MIGRATED:
        item.refusals = []
    if queued.reason in _LEFT_BY_THE_OWNER and queued.by_agent_id is not None:
        forgotten_ms = state.now_ms + 1_000 * policies_of(state, item).refusal_forgotten_after_s
        item.refusals = [(queued.by_agent_id, forgotten_ms)]
    start_waiting(state, item)
    index_item(state, item)
    if has_moved:
        note_line(state, queued, queue_before)
    note_line(state, queued, queued.queue_id)


def escalate_item(state: PartitionState, fired: d.EscalationFired) -> None:
    """The queue's people know, and are not told again if the item comes back to the queue."""
    told = [*state.need(WorkItem, fired.work_item_id).escalated_queues, fired.queue_id]
    change_item(
        state, fired.work_item_id, None, escalation_due_ms=None, escalated_queues=sorted({*told})
    )


def _begin_way(state: PartitionState, item: WorkItem, queued: d.WorkItemQueued) -> None:
    """The queue's plan begins from its first step, for whom the decision says."""
    item.plan_id, item.plan_begun_ms, item.step = queued.plan_id, state.now_ms, 0
    item.first_requires = queued.requires
    item.also_groups, item.is_for_anyone = (), False


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


def relax_item(state: PartitionState, relaxed: d.WorkItemRelaxed) -> None:
    """A step applies; whoever refused the item before may be asked again (R12)."""
    item = state.changing(WorkItem, relaxed.work_item_id)
    queue_before = item.queue_id
    if relaxed.queue_id != queue_before:
        item.first_requires = relaxed.requires
        item.escalation_due_ms = escalation_due_ms(state, item, relaxed.queue_id)
    # An escalation widens as well and is no step: whom it took the item from stays excluded.
    is_step = relaxed.step != item.step
    if relaxed.strict_class < item.strict_class:
        item.promoted_by = 0  # What a step gave stays, in the next wait too.
    item.step = relaxed.step
    item.queue_id = relaxed.queue_id
    item.requires, item.prefers = relaxed.requires, relaxed.prefers
    item.also_queues, item.also_groups = relaxed.also_queues, relaxed.also_groups
    item.is_for_anyone = relaxed.is_for_anyone
    item.strict_class = relaxed.strict_class
    item.virtual_time_ms = relaxed.virtual_time_ms
    if is_step:
        item.refusals = []
    start_waiting(state, item)
    index_waiting(state, item)
    if relaxed.queue_id != queue_before:
        note_line(state, relaxed, queue_before)
    note_line(state, relaxed, relaxed.queue_id)


def promote_item(state: PartitionState, promoted: d.WorkItemPromoted) -> None:
    """The item waited long: the next class, and after as long again the best rank."""
    item = state.changing(WorkItem, promoted.work_item_id)
    item.promoted_by += item.strict_class - promoted.strict_class
    item.strict_class, item.has_best_rank = promoted.strict_class, promoted.has_best_rank
    item.is_promoted = True
    again_ms = state.now_ms + 1_000 * policies_of(state, item).promote_after_s
    item.promotion_due_ms = None if item.has_best_rank else again_ms
    index_waiting(state, item)


def pass_over_item(state: PartitionState, passed: d.WorkItemPassedOver) -> None:
    """From now on the item may keep an agent until it fits."""
    item = state.changing(WorkItem, passed.work_item_id)
    item.is_passed_over, item.patience_due_ms = True, None
    index_unkept(state, item)
    index_timer(state, item)


def forget_refusals(state: PartitionState, forgotten: d.RefusalsForgotten) -> None:
    """These agents may be asked again."""
    item = state.need(WorkItem, forgotten.work_item_id)
    kept = [one for one in item.refusals if one[0] not in forgotten.agent_ids]
    change_item(state, forgotten.work_item_id, None, refusals=kept)


def note_notice(state: PartitionState, sent: d.WaitNoticeSent) -> None:
    """The customer knows their place, and is told again in a while."""
    item = state.changing(WorkItem, sent.work_item_id)
    item.notices, item.noticed_ms, item.notice_due_ms = sent.number, state.now_ms, sent.again_ms
    index_timer(state, item)


def put_notice_off(state: PartitionState, put_off: d.WaitNoticePutOff) -> None:
    """The customer is told later, or nothing any more."""
    item = state.changing(WorkItem, put_off.work_item_id)
    item.notice_due_ms = put_off.again_ms
    index_timer(state, item)


def park_item(state: PartitionState, parked: d.WorkItemParked) -> None:
    """The owner waits for the customer."""
    item = change_item(state, parked.work_item_id, S.PARKED, held_units=parked.held_weight)
    if item.silence_due_ms is None and not item.is_reminded:
        start_silence(state, item)
        index_timer(state, item)


def hold_item(state: PartitionState, held: d.WorkItemHeld) -> None:
    """The customer is back and waits for the owner's room.

    Still the parked weight: the full one is held again only when the owner goes on.
    """
    begin_new_wait(
        state,
        held.work_item_id,
        S.HELD,
        virtual_time_ms=held.virtual_time_ms,
        until_ms=held.until_ms,
        held_units=state.need(WorkItem, held.work_item_id).held_units,
    )


def wrap_up_item(state: PartitionState, wrapping: d.WorkItemWrappingUp) -> None:
    """The conversation is over, the work after it is not."""
    change_item(
        state, wrapping.work_item_id, S.WRAPPING_UP, until_ms=wrapping.until_ms, silence_due_ms=None
    )


def complete_item(state: PartitionState, completed: d.WorkItemCompleted) -> None:
    """Nothing is left of it but the log."""
    _end_item(state, completed.work_item_id, S.COMPLETED)


def cancel_item(state: PartitionState, canceled: d.WorkItemCanceled) -> None:
    """Nothing is left of it but the log, and the line is shorter."""
    _end_item(state, canceled.work_item_id, S.CANCELED)
    note_line(state, canceled, canceled.queue_id)


def _end_item(state: PartitionState, work_item_id: str, state_after: S) -> None:
    item = state.need(WorkItem, work_item_id)
    check_move(work_item_id, item.state, state_after)
    forget_item(state, item)
    state.drop(WorkItem, work_item_id)
