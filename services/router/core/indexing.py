"""Keeps what is derived in step with an entity: each function looks at nothing but its fields.

Called after every change and once for every restored entity, so that a restored state is the live
one by construction.
"""

from sortedcontainers import SortedSet

from libs.common.contracts.terms import WorkItemState
from services.router.core.capacity import profile_of
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Agent, Desk, Entity, RememberedIds, Replica, WorkItem
from services.router.core.lifecycle import WAITING
from services.router.core.state import PartitionState

REPLICA_SILENT_AFTER_MS = 15_000


def index_desk(state: PartitionState, desk: Desk) -> None:
    """A configuration is in force: profiles and reach are computed anew, agents seated anew."""
    index = state.index_of(desk.key)
    index.reach.clear()
    index.profiles.clear()
    index.profile_of.clear()
    index.capacity_of.clear()
    index.queues = {queue.queue_id: queue for queue in desk.configuration.queues}
    for agent in desk.configuration.agents:
        profile = profile_of(agent)
        index.profiles[profile] = index.profiles.get(profile, 0) + 1
        index.profile_of[agent.agent_id] = profile
        index.capacity_of[agent.agent_id] = agent.capacity_units
    for agent_id in index.agents:
        index_agent(state, state.need(Agent, *desk.key, agent_id))
    state.deadlines.set(DeadlineKind.REMATCH, desk.key, desk.rematch_due_ms)


def index_agent(state: PartitionState, agent: Agent) -> None:
    """An agent's presence, connection, idle time or load has changed."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    index = state.index_of((agent.tenant_id, agent.desk_id))
    index.agents.add(agent.agent_id)
    profile = index.profile_of.get(agent.agent_id)
    if profile is not None and agent.is_present:
        free = index.capacity_of[agent.agent_id] - state.held_units(key)
        index.bench.put(agent, profile=profile, free_units=free)
    else:
        index.bench.remove(agent.agent_id)
    state.deadlines.set(DeadlineKind.TAKE_BACK, key, agent.take_back_ms)


def index_connection(state: PartitionState, agent: Agent, *, before: str | None) -> None:
    """An agent's connection moved from replica `before` (or none) to the present one (or none)."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    if before is not None:
        state.agents_of_replica[before].discard(key)
    if agent.replica_id is not None:
        state.agents_of_replica[agent.replica_id].add(key)


def index_replica(state: PartitionState, replica: Replica) -> None:
    """A replica was heard of: it is silent if nothing follows."""
    state.agents_of_replica.setdefault(replica.replica_id, SortedSet())
    due_ms = replica.seen_ms + REPLICA_SILENT_AFTER_MS
    state.deadlines.set(DeadlineKind.REPLICA_SILENT, (replica.replica_id,), due_ms)


def forget_replica(state: PartitionState, replica_id: str) -> None:
    """A lost replica leaves nothing behind; its agents were disconnected before."""
    del state.agents_of_replica[replica_id]
    state.deadlines.set(DeadlineKind.REPLICA_SILENT, (replica_id,), None)


def index_item(state: PartitionState, item: WorkItem) -> None:
    """A work item has changed: its line, its holder, its reservation, and what falls due."""
    key = (item.work_item_id,)
    index = state.index_of((item.tenant_id, item.desk_id))
    if item.state is WorkItemState.QUEUED:
        index.lines.put(item)
    else:
        index.lines.remove(item.work_item_id)
    if item.refusals and item.state is WorkItemState.QUEUED:
        index.refused_items.add(item.work_item_id)
    else:
        index.refused_items.discard(item.work_item_id)
    _index_holder(state, item)
    is_waiting = item.state in WAITING
    deadlines = state.deadlines
    deadlines.set(DeadlineKind.ITEM, key, item.until_ms)
    escalation_due_ms = item.escalation_due_ms if is_waiting else None
    deadlines.set(DeadlineKind.ESCALATION, key, escalation_due_ms)
    refusals_due_ms = min((until for _, until in item.refusals), default=None)
    deadlines.set(DeadlineKind.REFUSALS, key, refusals_due_ms if is_waiting else None)


def forget_item(state: PartitionState, item: WorkItem) -> None:
    """A completed item leaves nothing behind."""
    index = state.index_of((item.tenant_id, item.desk_id))
    index.lines.remove(item.work_item_id)
    index.refused_items.discard(item.work_item_id)
    item.agent_id, item.reservation_id = None, None
    _index_holder(state, item)
    for kind in (DeadlineKind.ITEM, DeadlineKind.ESCALATION, DeadlineKind.REFUSALS):
        state.deadlines.set(kind, (item.work_item_id,), None)


def _index_holder(state: PartitionState, item: WorkItem) -> None:
    before = state.holder_of.get(item.work_item_id)
    after = (item.tenant_id, item.desk_id, item.agent_id) if item.agent_id is not None else None
    if before is not None and before != after:
        del state.held[before][item.work_item_id]
        del state.holder_of[item.work_item_id]
        index_agent(state, state.need(Agent, *before))
    if after is None:
        return
    state.holder_of[item.work_item_id] = after
    state.held.setdefault(after, {})[item.work_item_id] = item.held_units
    index_agent(state, state.need(Agent, *after))


def index_remembered(state: PartitionState, remembered: RememberedIds) -> None:
    """These ids are known; a repeat of one of them is recognised."""
    for event_id in remembered.event_ids:
        state.remembered[event_id] = remembered.stretch


def index_restored(state: PartitionState, entity: Entity) -> None:
    """Index an entity that was loaded; desks come before agents, agents before work items."""
    if isinstance(entity, Desk):
        index_desk(state, entity)
    elif isinstance(entity, Replica):
        index_replica(state, entity)
    elif isinstance(entity, Agent):
        index_connection(state, entity, before=None)
        index_agent(state, entity)
    elif isinstance(entity, WorkItem):
        index_item(state, entity)
