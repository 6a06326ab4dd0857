"""Whom, and what next: the agent for a waiting item, and the item for a free agent.

Longest idle first among those who serve the queue, have the skills and the room, and have not
refused; for an agent the best head among the lines within reach, by class, the queue's rank for
this agent, virtual time and sequence (R4). Both look past everyone and everything that is
excluded, however many there are: nobody waits beside a free agent (R10).
"""

from itertools import islice
from typing import NamedTuple

from libs.common.contracts.decisions import RunnerUp, Why
from services.router.core.capacity import Idle, Profile
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.queueing import Signature, signature_of
from services.router.core.state import DeskIndex, PartitionState

LONGEST_IDLE = "longest_idle"
RUNNERS_UP_MAX = 3


class Preference(NamedTuple):
    """How an agent orders the waiting items; the lowest is taken first."""

    strict_class: int
    rank: int
    virtual_time_ms: int
    sequence: int
    work_item_id: str


def profiles_within_reach(index: DeskIndex, signature: Signature) -> tuple[Profile, ...]:
    """The profiles that serve this line's queue and have its skills."""
    found = index.reach.get(signature)
    if found is None:
        found = tuple(profile for profile in index.profiles if can_serve(profile, signature))
        index.reach[signature] = found
    return found


def can_serve(profile: Profile, signature: Signature) -> bool:
    """Whether agents of this profile serve the queue and have every skill at the level asked."""
    skills = dict(profile.skills)
    serves = any(queue_id == signature.queue_id for queue_id, _ in profile.queues)
    return serves and all(skills.get(skill, 0) >= level for skill, level in signature.requires)


def agents_for(index: DeskIndex, item: WorkItem) -> list[Idle]:
    """The best agents for the item in order: the first is chosen, the others came close."""
    signature = signature_of(item)
    best: list[Idle] = []
    for profile in profiles_within_reach(index, signature):
        for row in index.bench.with_room(profile, item.weight):
            willing = (idle for idle in row if not item.excludes(idle.agent_id))
            best.extend(islice(willing, 1 + RUNNERS_UP_MAX))
    return sorted(best)[: 1 + RUNNERS_UP_MAX]


def item_for(state: PartitionState, agent: Agent) -> WorkItem | None:
    """The waiting item that this agent should have next, if there is one that fits."""
    index = state.index_of((agent.tenant_id, agent.desk_id))
    profile = index.profile_of.get(agent.agent_id)
    free_units = index.bench.free_units(agent.agent_id)
    if profile is None or free_units <= 0:
        return None
    ranks = dict(profile.queues)
    best: Preference | None = None
    for signature, line in index.lines.waiting():
        if signature.weight > free_units or profile not in profiles_within_reach(index, signature):
            continue
        for place in line:
            preference = Preference(
                place.strict_class,
                ranks[signature.queue_id],
                place.virtual_time_ms,
                place.sequence,
                place.work_item_id,
            )
            if best is not None and preference >= best:
                break
            if not state.need(WorkItem, place.work_item_id).excludes(agent.agent_id):
                best = preference
                break
    return state.need(WorkItem, best.work_item_id) if best is not None else None


def all_have_refused(index: DeskIndex, item: WorkItem) -> bool:
    """Whether every present agent within reach refused the item (R12)."""
    profiles = profiles_within_reach(index, signature_of(item))
    return all(
        item.excludes(agent_id) for profile in profiles for agent_id in index.bench.present(profile)
    )


def explain(state: PartitionState, desk: Desk, item: WorkItem, ranking: list[Idle]) -> Why:
    """Why the first of this ranking gets the item."""
    index = state.index_of(desk.key)
    signature = signature_of(item)
    within_reach = profiles_within_reach(index, signature)
    present = sum(len(index.bench.present(profile)) for profile in within_reach)
    with_room = sum(
        len(row) for profile in within_reach for row in index.bench.with_room(profile, item.weight)
    )
    configured = sum(index.profiles[profile] for profile in within_reach)
    serving = sum(
        count
        for profile, count in index.profiles.items()
        if any(queue_id == item.queue_id for queue_id, _ in profile.queues)
    )
    passed_over = {
        "without_skill": serving - configured,
        "absent": configured - present,
        "busy": present - with_room,
        "refused": len(item.refusals),
    }
    chosen, *others = ranking
    return Why(
        policy=LONGEST_IDLE,
        configuration_version=desk.version,
        idle_since_ms=chosen.idle_since_ms,
        waited_ms=state.now_ms - item.waiting_since_ms,
        runners_up=tuple(
            RunnerUp(agent_id=idle.agent_id, idle_since_ms=idle.idle_since_ms) for idle in others
        ),
        passed_over={reason: count for reason, count in passed_over.items() if count > 0},
    )
