"""What time makes of a waiting item: its steps of relaxation, and promotion after long (R7, R13).

A step that fell due while the item was offered applies when it is queued again, and steps whose
time has passed apply at once.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import Step
from services.router.core.entities import Desk, WorkItem
from services.router.core.keeping import suits
from services.router.core.offering import end_capacity_hold
from services.router.core.overflowing import widened_by_overflow
from services.router.core.relaxing import reach_of, relax
from services.router.core.seating import without_lost_queues
from services.router.core.timers import plan_of, policies_of
from services.router.core.turn import Turn


def catch_up(turn: Turn, item: WorkItem) -> bool:
    """Apply what is due to a queued item. Returns whether anything was."""
    has_changed = False
    while item.step_due_ms is not None and item.step_due_ms <= turn.now_ms:
        _apply_step(turn, item)
        has_changed = True
    while item.promotion_due_ms is not None and item.promotion_due_ms <= turn.now_ms:
        _promote(turn, item)
        has_changed = True
    if has_changed:
        release_unfit_agent(turn, item)
    return has_changed


def _apply_step(turn: Turn, item: WorkItem) -> None:
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    widen(turn, item, plan_of(desk, item)[item.step], number=item.step + 1)


def widen(turn: Turn, item: WorkItem, step: Step, *, number: int) -> None:
    """The step applies to a waiting item, which `number` steps of its plan have then done."""
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    step = without_lost_queues(step, turn.state.index_of(desk.key).queues)
    reach = relax(reach_of(item), step)
    also_queues = widened_by_overflow(turn, item, reach.queue_id, reach.also_queues)
    prefers = {} if step.anyone else {k: v for k, v in item.prefers.items() if k not in step.drop}
    turn.emit(
        d.WorkItemRelaxed(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            step=number,
            queue_id=reach.queue_id,
            requires=dict(reach.requires),
            prefers=prefers,
            also_queues=also_queues,
            also_groups=reach.also_groups,
            is_for_anyone=reach.is_for_anyone,
            strict_class=_class_after(item, step),
            virtual_time_ms=_virtual_time_after(turn, item, step),
            waited_ms=turn.now_ms - item.waiting_since_ms,
        )
    )


def _class_after(item: WorkItem, step: Step) -> int:
    """A step raises priority, never lowers what the item has by now."""
    if step.strict_class is None:
        return item.strict_class
    return min(item.strict_class, step.strict_class)


def _virtual_time_after(turn: Turn, item: WorkItem, step: Step) -> int:
    """More credit, up to the desk's total (R4)."""
    earliest = item.waiting_since_ms - 1_000 * policies_of(turn.state, item).max_credit_s
    return min(item.virtual_time_ms, max(earliest, item.virtual_time_ms - 1_000 * step.credit_s))


def _promote(turn: Turn, item: WorkItem) -> None:
    """The next class at first, best rank after as long again."""
    waited_ms = turn.now_ms - item.waiting_since_ms
    after_ms = 1_000 * policies_of(turn.state, item).promote_after_s
    is_first = not item.is_promoted
    turn.emit(
        d.WorkItemPromoted(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            strict_class=max(0, item.strict_class - 1) if is_first else item.strict_class,
            has_best_rank=not is_first or waited_ms >= 2 * after_ms,
        )
    )


def release_unfit_agent(turn: Turn, item: WorkItem) -> bool:
    """End the hold of an agent who is out of the item's reach or could never carry it.

    Returns whether there was one.
    """
    agent_id = item.capacity_agent_id
    if agent_id is None or suits(turn.state, item, agent_id):
        return False
    end_capacity_hold(turn, item, cause="moved")
    return True
