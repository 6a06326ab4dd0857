"""What would change that an item waits: what time brings, and what people can do (R28)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from libs.common.contracts.configuration import Step
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Desk, QueuePace, WorkItem
from services.router.core.inquiry_obstacles import Obstacle, asked_by, time_of
from services.router.core.inquiry_reach import Group, Survey, survey
from services.router.core.relaxing import reach_of, relax
from services.router.core.state import PartitionState
from services.router.core.timers import plan_of


class OutlookKind(StrEnum):
    """What would happen: the first seven come by themselves."""

    RESERVATION_ENDS = "reservation_ends"
    QUEUE_OPENS = "queue_opens"
    HOLD_ENDS = "hold_ends"
    STEP_APPLIES = "step_applies"
    REFUSAL_FORGOTTEN = "refusal_forgotten"
    AGENT_IS_KEPT = "agent_is_kept"
    PROMOTED = "promoted"
    AGENT_BECOMES_FREE = "agent_becomes_free"
    AGENT_ARRIVES = "agent_arrives"
    AGENT_IS_RELEASED = "agent_is_released"
    CONFIGURATION_CHANGES = "configuration_changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One thing that would change the wait; at `at_ms` where that is known.

    `agents` counts the agents whom it is about, `agent_ids` names the first few of them.
    """

    kind: OutlookKind
    says: str
    at_ms: int | None = None
    agents: int = 0
    agent_ids: tuple[str, ...] = ()


def outlooks(state: PartitionState, item: WorkItem, found: Survey) -> tuple[Outlook, ...]:
    """All that is known: first what comes at a known time, the earliest first."""
    known = [
        *_of_hours(state, item),
        *_of_time(item),
        *_of_refusals(found),
        *_of_step(state, item, found),
    ]
    known.sort(key=lambda one: one.at_ms or 0)
    return (*known, *_of_people(item, found))


def _of_hours(state: PartitionState, item: WorkItem) -> Iterator[Outlook]:
    pace = state.get(QueuePace, item.tenant_id, item.desk_id, item.queue_id)
    if pace is not None and pace.is_closed and item.state is S.QUEUED:
        says = f"queue {item.queue_id} opens, and those who serve it are asked"
        yield Outlook(kind=OutlookKind.QUEUE_OPENS, at_ms=pace.hours_due_ms, says=says)


def _of_time(item: WorkItem) -> Iterator[Outlook]:
    if item.state is S.RESERVED and item.until_ms is not None:
        asked = tuple(agent_id for agent_id, _ in item.offered)
        yield Outlook(
            kind=OutlookKind.RESERVATION_ENDS,
            at_ms=item.until_ms,
            agents=len(asked),
            agent_ids=asked,
            says=f"{', '.join(asked)} may accept until {time_of(item.until_ms)}",
        )
        return
    if item.hold_agent_id is not None and item.until_ms is not None:
        yield Outlook(
            kind=OutlookKind.HOLD_ENDS,
            at_ms=item.until_ms,
            agents=1,
            agent_ids=(item.hold_agent_id,),
            says=f"it is no longer kept for {item.hold_agent_id}",
        )
    if item.patience_due_ms is not None:
        yield Outlook(
            kind=OutlookKind.AGENT_IS_KEPT,
            at_ms=item.patience_due_ms,
            says=f"an agent is kept for it until {item.weight} units are free",
        )
    if item.promotion_due_ms is not None:
        yield Outlook(
            kind=OutlookKind.PROMOTED,
            at_ms=item.promotion_due_ms,
            says="it goes before others, since it has waited so long",
        )


def _of_refusals(found: Survey) -> Iterator[Outlook]:
    refused = found.lacking_only.get(Obstacle.REFUSED)
    if refused is not None:
        yield _about(
            OutlookKind.REFUSAL_FORGOTTEN, refused, "refused it, and may be asked again then"
        )


def _of_step(state: PartitionState, item: WorkItem, found: Survey) -> Iterator[Outlook]:
    plan = plan_of(state.need(Desk, item.tenant_id, item.desk_id), item)
    if item.step_due_ms is None or item.state is not S.QUEUED:
        return
    after = _relaxed(state, item, plan[item.step])
    then = survey(state, after)
    yield Outlook(
        kind=OutlookKind.STEP_APPLIES,
        at_ms=item.step_due_ms,
        agents=then.could_ever - found.could_ever,
        says=f"step {item.step + 1} of {len(plan)} asks {asked_by(after)} for {_skills(after)}:"
        f" {then.could_ever} agents could ever, {then.could} at once",
    )


def _relaxed(state: PartitionState, item: WorkItem, step: Step) -> WorkItem:
    """The item as the step would leave it; refusals are forgotten by a step (R12)."""
    queues = state.index_of((item.tenant_id, item.desk_id)).queues
    if step.move_to is not None and step.move_to not in queues:
        step = step.model_copy(update={"move_to": None})
    reach = relax(reach_of(item), step)
    return replace(
        item,
        step=item.step + 1,
        queue_id=reach.queue_id,
        requires=dict(reach.requires),
        also_queues=reach.also_queues,
        also_groups=reach.also_groups,
        is_for_anyone=reach.is_for_anyone,
        refusals=[],
    )


def _of_people(item: WorkItem, found: Survey) -> Iterator[Outlook]:
    for obstacle, kind, says in (
        (Obstacle.WITHOUT_UNITS, OutlookKind.AGENT_BECOMES_FREE, "would have to become free"),
        (Obstacle.ABSENT, OutlookKind.AGENT_ARRIVES, "could have it, but is not at work"),
        (Obstacle.AGENT_KEPT, OutlookKind.AGENT_IS_RELEASED, "is kept for another item"),
    ):
        group = found.lacking_only.get(obstacle)
        if group is not None:
            yield _about(kind, group, says)
    if not found.could_ever:
        yield Outlook(
            kind=OutlookKind.CONFIGURATION_CHANGES,
            says=f"no configured agent of {asked_by(item)} has {_skills(item)} and takes"
            f" {item.channel}",
        )


def _about(kind: OutlookKind, group: Group, says: str) -> Outlook:
    return Outlook(
        kind=kind,
        at_ms=group.until_ms,
        agents=group.agents,
        agent_ids=tuple(group.agent_ids),
        says=f"{group.agents} agent(s), {', '.join(group.agent_ids)}: {says}",
    )


def _skills(item: WorkItem) -> str:
    needs = [f"{skill} {level}" for skill, level in sorted(item.requires.items())]
    return ", ".join(needs) or "no skill"
