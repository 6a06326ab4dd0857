"""Why an item still waits: where it stands, who could serve it, what would change it (R28)."""

from bisect import bisect_left
from dataclasses import dataclass

from libs.common.contracts.terms import HoldKind, WorkItemState
from services.router.core.entities import Desk, QueuePace, WorkItem
from services.router.core.evolve_queues import SERVED_OVER_S, served_lately
from services.router.core.inquiry_agents import chosen_for
from services.router.core.inquiry_offers import WhyThis
from services.router.core.inquiry_outlook import Outlook, outlooks
from services.router.core.inquiry_reach import Survey, survey
from services.router.core.lifecycle import WAITING
from services.router.core.state import PartitionState
from services.router.core.timers import plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What the item needs of an agent now, and who is asked."""

    queue_id: str
    also_queues: tuple[str, ...]
    also_groups: tuple[str, ...]
    is_for_anyone: bool
    requires: dict[str, int]
    prefers: dict[str, int]
    channel: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the item stands. `place` (from 1) is among all who wait in its queue, None outside of
    the lines; `estimated_wait_s` by the queue's pace, None where it has none. `steps` are those of
    its plan, of which `step` have applied.
    """

    place: int | None
    waiting: int
    estimated_wait_s: int | None
    waited_ms: int
    head_start_ms: int
    strict_class: int
    has_best_rank: bool
    step: int
    steps: int
    is_overflowing: bool
    kept_for_agent_id: str | None
    kept_as: HoldKind | None
    agent_kept_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyWaiting:
    """The whole answer for one item; `outlook` is what would change it, the earliest first."""

    work_item_id: str
    conversation_id: str
    desk_id: str
    state: WorkItemState
    rule_id: str
    asking: Asking
    standing: Standing
    agents: Survey | None
    outlook: tuple[Outlook, ...]
    asked: tuple[str, ...]
    owner_agent_id: str | None
    chosen: tuple[WhyThis, ...]


def why_waiting(state: PartitionState, item: WorkItem) -> WhyWaiting:
    """Where the item stands in this state; agents are surveyed only for one that waits."""
    is_waiting = item.state in WAITING
    found = survey(state, item) if is_waiting else None
    return WhyWaiting(
        work_item_id=item.work_item_id,
        conversation_id=item.conversation_id,
        desk_id=item.desk_id,
        state=item.state,
        rule_id=item.rule_id,
        asking=_asking(item),
        standing=_standing(state, item),
        agents=found,
        outlook=outlooks(state, item, found) if found is not None else (),
        asked=tuple(agent_id for agent_id, _ in item.offered),
        owner_agent_id=item.agent_id,
        chosen=chosen_for(item),
    )


def _asking(item: WorkItem) -> Asking:
    return Asking(
        queue_id=item.queue_id,
        also_queues=item.also_queues,
        also_groups=item.also_groups,
        is_for_anyone=item.is_for_anyone,
        requires=dict(item.requires),
        prefers=dict(item.prefers),
        channel=item.channel,
        weight=item.weight,
    )


def _standing(state: PartitionState, item: WorkItem) -> Standing:
    desk = state.need(Desk, item.tenant_id, item.desk_id)
    pace = state.get(QueuePace, item.tenant_id, item.desk_id, item.queue_id)
    place = _place_of(state, item)
    return Standing(
        place=place,
        waiting=state.index_of(desk.key).lines.count(item.queue_id),
        estimated_wait_s=_estimated_wait_s(pace, place, state.now_ms),
        waited_ms=state.now_ms - item.waiting_since_ms,
        head_start_ms=item.waiting_since_ms - item.virtual_time_ms,
        strict_class=item.strict_class,
        has_best_rank=item.has_best_rank,
        step=item.step,
        steps=len(plan_of(desk, item)),
        is_overflowing=pace is not None and pace.is_overflowing,
        kept_for_agent_id=item.hold_agent_id,
        kept_as=item.hold_kind,
        agent_kept_id=item.capacity_agent_id,
    )


def _place_of(state: PartitionState, item: WorkItem) -> int | None:
    """How many stand before it, and one; those of equal class and virtual time share a place."""
    lines = state.index_of((item.tenant_id, item.desk_id)).lines
    if lines.line_with(item.work_item_id) is None:
        return None
    mine = (item.strict_class, item.virtual_time_ms)
    return bisect_left(lines.in_order(item.queue_id), mine) + 1


def _estimated_wait_s(pace: QueuePace | None, place: int | None, now_ms: int) -> int | None:
    served = served_lately(pace, now_ms)
    return place * SERVED_OVER_S // served if place is not None and served else None
