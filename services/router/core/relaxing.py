"""What a step of relaxation makes of an item: pure, on the item's own fields and its plan.

A step only widens whom an item is for, except `move_to`, which replaces it (R13). Delays count
from queueing and add up.
"""

from typing import NamedTuple

from libs.common.contracts.configuration import Step
from services.router.core.entities import Plan, WorkItem
from services.router.core.populations import in_order


class Reach(NamedTuple):
    """Whom an item is for."""

    queue_id: str
    requires: tuple[tuple[str, int], ...]
    also_queues: tuple[str, ...] = ()
    also_groups: tuple[str, ...] = ()
    is_for_anyone: bool = False


def reach_of(item: WorkItem) -> Reach:
    """Whom the item is for now."""
    return Reach(
        item.queue_id,
        in_order(item.requires),
        item.also_queues,
        item.also_groups,
        item.is_for_anyone,
    )


def first_reach_of(item: WorkItem, plan: Plan) -> Reach:
    """Whom the item was for before any step applied; a move forgets what was before it."""
    widened = {name for step in plan[: item.step] for name in step.widen_to_queues}
    also = tuple(name for name in item.also_queues if name not in widened)
    return Reach(item.queue_id, in_order(item.first_requires), also)


def relax(reach: Reach, step: Step) -> Reach:
    """Whom an item is for once the step applies."""
    if step.move_to is not None:
        reach = Reach(step.move_to, reach.requires)
    requires = {
        skill: level - step.lower.get(skill, 0)
        for skill, level in reach.requires
        if skill not in step.drop
    }
    return Reach(
        reach.queue_id,
        () if step.anyone else tuple((skill, n) for skill, n in requires.items() if n > 0),
        _joined(reach.also_queues, step.widen_to_queues, without=reach.queue_id),
        _joined(reach.also_groups, step.widen_to_groups),
        reach.is_for_anyone or step.anyone,
    )


def step_due_ms(item: WorkItem, plan: Plan) -> int | None:
    """When the item's next step applies; None after the last."""
    if item.step >= len(plan):
        return None
    return item.plan_begun_ms + 1_000 * sum([step.after_s for step in plan[: item.step + 1]])


def _joined(some: tuple[str, ...], more: tuple[str, ...], *, without: str = "") -> tuple[str, ...]:
    """Both, each name once, sorted: equal reaches must be equal lines."""
    if not more and without not in some:
        return some  # Sorted already.
    return tuple(sorted({*some, *more} - {without}))
