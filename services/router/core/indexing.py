"""Keeps what is derived in step with an entity: each function looks at nothing but its fields.

Called after every change and once for every restored entity, so that a restored state is the live
one by construction.
"""

from sortedcontainers import SortedSet

from libs.common.contracts.terms import WorkItemState as S
from services.router.core.capacity import BesideLoad, Held
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import (
    Agent,
    ContactPoint,
    Desk,
    QueuePace,
    RememberedIds,
    Replica,
    WorkItem,
)
from services.router.core.populations import Idle, Seat
from services.router.core.queueing import Line, signature_of
from services.router.core.relaxing import reach_of
from services.router.core.seating import index_desk_parts, populations_of
from services.router.core.state import DeskIndex, Key, PartitionState
from services.router.core.timers import next_timer_ms

REPLICA_SILENT_AFTER_MS = 15_000
MEASURE_EVERY_MS = 10_000
NOTHING = Held(0, "")


def index_desk(state: PartitionState, desk_key: tuple[str, str]) -> None:
    """A configuration is in force: what derives from it is computed anew, all are reseated."""
    desk = state.need(Desk, *desk_key)
    index = state.index_of(desk_key)
    index_desk_parts(index, desk.configuration, desk.plans)
    for queue_id in index.queues:
        pace = state.get(QueuePace, *desk_key, queue_id)
        if pace is not None:
            _set_open(index, pace)
    for item in state.work_items():
        if (item.tenant_id, item.desk_id) == desk_key:
            index_line(index, item)
    for agent_id in index.agents:
        seat_agent(state, state.need(Agent, *desk_key, agent_id))
    index_rematch(state, desk)


def index_rematch(state: PartitionState, desk: Desk) -> None:
    """Open work is due to be looked at under a new configuration, or has been."""
    state.deadlines.set(DeadlineKind.REMATCH, desk.key, desk.rematch_due_ms)


def index_agent(state: PartitionState, agent: Agent) -> None:
    """An agent is known, or their presence or connection has changed."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    state.index_of(key[:2]).agents.add(agent.agent_id)
    seat_agent(state, agent)
    state.deadlines.set(DeadlineKind.TAKE_BACK, key, agent.take_back_ms)
    state.deadlines.set(DeadlineKind.SHIFT, key, agent.shift_due_ms)


def seat_agent(state: PartitionState, agent: Agent) -> None:
    """Nothing of an agent has changed but their load, idle time, hold, or configuration."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    index = state.index_of(key[:2])
    profile = index.profiles.of_agent.get(agent.agent_id)
    if profile is not None and agent.is_present:
        index.bench.put(profile, _seat_of(agent, _beside_load(state, index, key)))
    else:
        index.bench.remove(agent.agent_id)


def _seat_of(agent: Agent, beside: BesideLoad) -> Seat:
    is_kept = agent.kept_for is not None
    return Seat(
        Idle(agent.idle_since_ms, agent.agent_id),
        # Kept for one heavy item, an agent has no room for anything else (R6).
        0 if is_kept else beside.room,
        beside.free_units,
        beside.occupied_permille,
        is_kept,
    )


def _beside_load(state: PartitionState, index: DeskIndex, key: Key) -> BesideLoad:
    profiles, agent_id = index.profiles, key[2]
    held = state.held.get(key)
    return index.kinds.beside(
        profiles.of_agent[agent_id],
        capacity=profiles.capacity_of[agent_id],
        held=held.values() if held is not None else (),
    )


def room_of(state: PartitionState, agent: Agent) -> int:
    """The kinds of work that a configured agent could carry, holds aside, as a bit mask."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    return _beside_load(state, state.index_of(key[:2]), key).room


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
    """A work item has changed: how it waits, its holders, and who it is kept for."""
    index = state.index_of((item.tenant_id, item.desk_id))
    is_known = index.kinds.knows(item.channel, item.weight)
    index_waiting(state, item)
    if not is_known:
        # Nobody was seated with room for this kind, since no document names it.
        for agent_id in index.agents:
            seat_agent(state, state.need(Agent, item.tenant_id, item.desk_id, agent_id))
    _index_kept(state, item)
    _index_holders(state, item)


def index_waiting(state: PartitionState, item: WorkItem) -> None:
    """Nothing of an item has changed but where it stands, whose refusals count, what falls due."""
    index = state.index_of((item.tenant_id, item.desk_id))
    index_line(index, item)
    if item.refusals and item.state is S.QUEUED:
        index.refused_items.add(item.work_item_id)
    elif item.work_item_id in index.refused_items:
        index.refused_items.discard(item.work_item_id)
    index_timer(state, item)


def index_timer(state: PartitionState, item: WorkItem) -> None:
    """Nothing of an item has changed but what falls due."""
    state.deadlines.set(DeadlineKind.ITEM, (item.work_item_id,), next_timer_ms(item))


def index_line(index: DeskIndex, item: WorkItem) -> None:
    """Nothing of an item has changed but where it stands.

    An item that is kept for an agent waits for that agent alone; its kind is known anyway.
    """
    if item.state is not S.QUEUED or item.hold_agent_id is not None:
        index.kinds.kind_of(item.channel, item.weight)
        _leave_lines(index, item)
        return
    signature = signature_of(item)
    line = index.lines.line_of(signature)
    if line is None:
        kind = index.kinds.kind_of(item.channel, item.weight)
        line = index.lines.open_line(signature, kind, populations_of(index, reach_of(item)))
    index.lines.put(item, line)
    _index_unkept(index, item, line)


def index_unkept(state: PartitionState, item: WorkItem) -> None:
    """Nothing of an item has changed but whether an agent is, or is to be, kept for it (R6)."""
    index = state.index_of((item.tenant_id, item.desk_id))
    line = index.lines.line_with(item.work_item_id)
    if line is not None:
        _index_unkept(index, item, line)


def _index_unkept(index: DeskIndex, item: WorkItem, line: Line) -> None:
    if item.is_passed_over and item.capacity_agent_id is None:
        index.unkept.put(item, index.unkept.line_like(line))
    else:
        index.unkept.remove(item.work_item_id)


def _leave_lines(index: DeskIndex, item: WorkItem) -> None:
    index.lines.remove(item.work_item_id)
    index.unkept.remove(item.work_item_id)


def forget_item(state: PartitionState, item: WorkItem) -> None:
    """A completed or canceled item leaves nothing behind."""
    index = state.index_of((item.tenant_id, item.desk_id))
    _leave_lines(index, item)
    index.refused_items.discard(item.work_item_id)
    item.agent_id, item.offered, item.participants = None, [], {}
    item.hold_agent_id = None
    _index_kept(state, item)
    _index_holders(state, item)
    state.deadlines.set(DeadlineKind.ITEM, (item.work_item_id,), None)


def held_by(item: WorkItem) -> dict[Key, Held]:
    """What the item holds, of whom: by its own fields."""
    held: dict[Key, Held] = {}
    if item.agent_id is None and not item.offered and not item.participants:
        return held  # It waits, as most items do most of the time.
    desk = (item.tenant_id, item.desk_id)
    for agent_id, (_, weight) in item.participants.items():
        held[*desk, agent_id] = Held(weight, item.channel)
    for agent_id, _ in item.offered:
        held[*desk, agent_id] = Held(item.weight, item.channel)
    if item.agent_id is not None:
        held[*desk, item.agent_id] = Held(item.held_units, item.channel)
    return held


def _index_holders(state: PartitionState, item: WorkItem) -> None:
    before = state.holders_of.get(item.work_item_id, {})
    after = held_by(item)
    if before == after:
        return
    state.holders_of[item.work_item_id] = after
    if not after:
        del state.holders_of[item.work_item_id]
    # Mostly it is one agent, who has it or had it; of several, the order is that of the keys.
    keys = sorted({*before, *after}) if len(before) + len(after) > 1 else after or before
    for key in keys:
        share_before, share = before.get(key, NOTHING), after.get(key, NOTHING)
        if share_before == share:
            continue
        if key in after:
            state.held.setdefault(key, {})[item.work_item_id] = share
        else:
            del state.held[key][item.work_item_id]
        _note_load(state, key, more=share.units - share_before.units)
        seat_agent(state, state.need(Agent, *key))


def _note_load(state: PartitionState, key: Key, *, more: int) -> None:
    """Remember who was given more than they can carry: lowering a capacity never does that."""
    if more <= 0:
        state.over_limit.pop(key, None)
        return
    units = state.held_units(key)
    tenant_id, desk_id, agent_id = key
    capacity = state.index_of((tenant_id, desk_id)).profiles.capacity_of.get(agent_id)
    if capacity is not None and capacity < units:
        state.over_limit[key] = None
    else:
        state.over_limit.pop(key, None)


def _index_kept(state: PartitionState, item: WorkItem) -> None:
    before, after = state.hold_of.get(item.work_item_id), item.hold_agent_id
    if before == after:
        return
    kept = state.index_of((item.tenant_id, item.desk_id)).kept_items
    if before is not None:
        del state.hold_of[item.work_item_id]
        kept[before].discard(item.work_item_id)
    if after is not None:
        state.hold_of[item.work_item_id] = after
        kept.setdefault(after, SortedSet()).add(item.work_item_id)


def index_pace(state: PartitionState, pace: QueuePace) -> None:
    """A queue's line or measure has changed: it is measured again in a while (R27)."""
    key = (pace.tenant_id, pace.desk_id, pace.queue_id)
    lines = state.index_of((pace.tenant_id, pace.desk_id)).lines
    is_idle = not pace.measured_waiting and not lines.count(pace.queue_id)
    due_ms = pace.measured_ms + MEASURE_EVERY_MS if pace.is_stale and not is_idle else None
    state.deadlines.set(DeadlineKind.MEASURE, key, due_ms)


def index_hours(state: PartitionState, pace: QueuePace) -> None:
    """A queue has opened or closed, or is known."""
    key = (pace.tenant_id, pace.desk_id, pace.queue_id)
    _set_open(state.index_of(key[:2]), pace)
    state.deadlines.set(DeadlineKind.QUEUE_HOURS, key, pace.hours_due_ms)
    index_pace(state, pace)


def _set_open(index: DeskIndex, pace: QueuePace) -> None:
    for lines in (index.lines, index.unkept):
        lines.set_open(pace.queue_id, is_open=not pace.is_closed)


def index_contact_point(state: PartitionState, point: ContactPoint) -> None:
    """Who served it last is forgotten in a while; a block may end."""
    key = (point.tenant_id, point.desk_id, point.contact_point_id)
    state.deadlines.set(DeadlineKind.LAST_AGENT, key, point.forget_due_ms)
    state.deadlines.set(DeadlineKind.BLOCK, key, point.unblock_due_ms)


def index_remembered(state: PartitionState, remembered: RememberedIds) -> None:
    """These ids are known; a repeat of one of them is recognised."""
    for event_id in remembered.event_ids:
        state.remembered[event_id] = remembered.stretch
