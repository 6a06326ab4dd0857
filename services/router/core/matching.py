"""Whom, and what next: the agents for a waiting item, and the item for a free agent.

For an item: those of its reach who have the skills and the room and have not refused, in the order
of its queue's policy, those who meet what it prefers first. For an agent: the best head among the
lines within reach by class, rank, virtual time and sequence (R4), or, where the agent's queues have
weights, the queue whose turn it is within the best class (R8). Both look past everyone and
everything that is excluded, however many there are: nobody waits beside a free agent (R10).
"""

from collections.abc import Iterable, Iterator
from heapq import merge, nsmallest
from itertools import chain, islice
from operator import itemgetter
from typing import NamedTuple

from sortedcontainers import SortedList

from libs.common.contracts.terms import AgentPolicy
from services.router.core.entities import Agent, Desk, QueuePace, WorkItem
from services.router.core.places import NOBODY, Place, Places, first_of
from services.router.core.populations import AgentClass, Idle, Requires, Row
from services.router.core.queueing import Reached
from services.router.core.relaxing import Reach, first_reach_of, reach_of
from services.router.core.seating import asked_by, populations_of, preferred
from services.router.core.state import DeskIndex, PartitionState
from services.router.core.timers import plan_of

RUNNERS_UP_MAX = 3
ALL_CLASSES = NOBODY.strict_class


class Candidate(NamedTuple):
    """An agent who could take the item; the lowest is asked first, ties by idle time and id."""

    score: int
    idle_since_ms: int
    agent_id: str


def agents_for(state: PartitionState, item: WorkItem, *, at_least: int = 1) -> list[Candidate]:
    """The agents to ask in order: the first are chosen, a few more came close.

    Looks among those who meet what the item prefers, then among all in reach, until `at_least` are
    found; so a broadcast reaches past the preferred ones when they are few.
    """
    index = state.index_of((item.tenant_id, item.desk_id))
    line = index.lines.line_with(item.work_item_id)
    # Whether anybody whom the line asks has room at all: under overload the only question.
    if line is not None and not index.bench.has_room(line.populations, line.kind.bit):
        return []
    kind = index.kinds.kind_of(item.channel, item.weight)
    found: list[Candidate] = []
    for reach, requires in _preferences(state, index, item):
        populations = populations_of(index, reach)
        rows = [
            (row, agents)
            for population in populations
            if index.bench.has_room((population,), kind.bit)
            for agents in index.bench.classes(population, requires)
            for row in agents.rows.values()
            if row.room & kind.bit
        ]
        # An agent may sit in two populations; and whoever refused may be the first of a row.
        is_plain = len(populations) == 1 and not item.refusals
        needed = len(found) + at_least + RUNNERS_UP_MAX if is_plain else len(rows)
        more = _ranked(state, item, rows, at_most=needed)
        known = {candidate.agent_id for candidate in found}
        found += [candidate for candidate in more if candidate.agent_id not in known]
        if len(found) >= at_least:
            break
    return found[: at_least + RUNNERS_UP_MAX]


def _preferences(
    state: PartitionState, index: DeskIndex, item: WorkItem
) -> Iterator[tuple[Reach, Requires]]:
    """Whom to ask first, whom then: the preferred ones, and earlier steps' where the queue says."""
    reach = reach_of(item)
    queue = index.queues.get(item.queue_id)
    reaches = [reach]
    if queue is not None and queue.prefers_earlier_agents and item.step:
        desk = state.need(Desk, item.tenant_id, item.desk_id)
        reaches = [first_reach_of(item, plan_of(desk, item)), reach]
    for one in reaches:
        if item.prefers:
            yield one, preferred(one.requires, item.prefers)
        yield one, one.requires


def _ranked(
    state: PartitionState, item: WorkItem, rows: list[tuple[Row, AgentClass]], *, at_most: int
) -> list[Candidate]:
    """The first few of each row by the queue's policy, best first, nobody twice.

    So many that the first `at_most` of all are among them.
    """
    if not rows:
        return []
    queue = state.index_of((item.tenant_id, item.desk_id)).queues.get(item.queue_id)
    policy = queue.policy if queue is not None else AgentPolicy.LONGEST_IDLE
    if policy is AgentPolicy.ROUND_ROBIN:
        return _round_robin(state, item, rows, at_most=at_most)
    wanted = tuple({**item.prefers, **item.requires}.items())
    scored = [(_score(policy, row, agents, wanted), row.first, row) for row, agents in rows]
    if len(scored) > at_most:
        # The first so many of all are in the rows whose own first are the lowest.
        scored = nsmallest(at_most, scored, key=itemgetter(0, 1))
    candidates = [
        Candidate(score, idle.idle_since_ms, idle.agent_id)
        for score, _, row in scored
        for idle in _willing(item, row.idle)
    ]
    return sorted({one.agent_id: one for one in candidates}.values())


def _score(policy: AgentPolicy, row: Row, agents: AgentClass, wanted: Requires) -> int:
    if policy is AgentPolicy.LEAST_OCCUPIED:
        return row.occupied
    if policy is AgentPolicy.MOST_PROFICIENT:
        return -agents.proficiency(wanted)
    return 0


def _willing(item: WorkItem, idle: Iterable[Idle]) -> Iterator[Idle]:
    if item.refusals:
        idle = (one for one in idle if not item.excludes(one.agent_id))
    return islice(idle, 1 + RUNNERS_UP_MAX)


def _round_robin(
    state: PartitionState, item: WorkItem, rows: list[tuple[Row, AgentClass]], *, at_most: int
) -> list[Candidate]:
    """Agents by id after the one who had the last turn, then round again."""
    pace = state.get(QueuePace, item.tenant_id, item.desk_id, item.queue_id)
    last = pace.ring_agent_id if pace is not None else ""
    found: set[str] = set()
    rings = [row.in_ring() for row, _ in rows]
    if len(rings) > at_most:
        rings = nsmallest(at_most, rings, key=lambda by_id: _next_in(by_id, last))
    for by_id in rings:
        ring = chain(
            by_id.irange(minimum=last, inclusive=(False, True)), by_id.irange(maximum=last)
        )
        willing = (agent_id for agent_id in ring if not item.excludes(agent_id))
        found.update(islice(willing, 1 + RUNNERS_UP_MAX))
    bench = state.index_of((item.tenant_id, item.desk_id)).bench
    ordered = sorted(found, key=lambda agent_id: (agent_id <= last, agent_id))
    return [
        Candidate(place, seat.idle.idle_since_ms, agent_id)
        for place, agent_id in enumerate(ordered)
        if (seat := bench.seat_of(agent_id)) is not None
    ]


def _next_in(by_id: SortedList[str], last: str) -> tuple[bool, str]:
    """Who of these has the next turn, so that the lowest of several rows comes first."""
    place = by_id.bisect_right(last)
    agent_id = by_id[place] if place < len(by_id) else by_id[0]
    return (agent_id <= last, agent_id)


class Choice(NamedTuple):
    """The item for an agent, and the agent's balances by queue after taking it (R8)."""

    item: WorkItem
    credits: dict[str, int]


def item_for(
    state: PartitionState, agent: Agent, *, before_class: int = ALL_CLASSES
) -> Choice | None:
    """The waiting item that this agent should have next, if there is one that fits.

    Only of a better class than `before_class`, if that is given.
    """
    index = state.index_of((agent.tenant_id, agent.desk_id))
    seat = index.bench.seat_of(agent.agent_id)
    if seat is None or not seat.room:
        return None
    profile = index.profiles.of_agent[agent.agent_id]
    bests = _bests(state, agent, index.lines.within_reach(profile, seat.room), before_class)
    if not bests:
        return None
    if profile.weights:
        return _weighted(state, agent, bests, profile.weights)
    [best] = bests.values()
    return Choice(state.need(WorkItem, best.work_item_id), {})


def _bests(
    state: PartitionState, agent: Agent, within_reach: list[Reached], before_class: int
) -> dict[str, Place]:
    """The first of each queue within the best class in which anybody waits."""
    bests: dict[str, Place] = {}
    for reached in within_reach:
        if reached.strict_class >= before_class:
            break
        for queue_id, lines in reached.by_queue.items():
            if queue_id in bests:
                continue
            first = first_willing(state, agent, lines)
            if first is not NOBODY:
                bests[queue_id] = first
                before_class = reached.strict_class + 1
    return bests


def first_willing(state: PartitionState, agent: Agent, lines: list[Places]) -> Place:
    """The first of all whose item the agent did not refuse; `NOBODY` if there is none.

    Refusals are few: only whether the very first was refused is looked at, and if so, at them all.
    """
    first = first_of(lines) if lines else NOBODY
    if first is NOBODY or not _is_excluded(state, agent, first.work_item_id):
        return first
    for place in merge(*lines):
        if not _is_excluded(state, agent, place.work_item_id):
            return place
    return NOBODY


def _is_excluded(state: PartitionState, agent: Agent, work_item_id: str) -> bool:
    return state.need(WorkItem, work_item_id).excludes(agent.agent_id)


def _weighted(
    state: PartitionState, agent: Agent, bests: dict[str, Place], weights: dict[str, int]
) -> Choice:
    """Smooth weighted round robin over the agent's non-empty queues within the best class."""
    turns = {queue_id: weights.get(queue_id, 1) for queue_id in sorted(bests)}
    balances = {queue_id: agent.credits.get(queue_id, 0) + turns[queue_id] for queue_id in turns}
    chosen = min(balances, key=lambda queue_id: (-balances[queue_id], queue_id))
    balances[chosen] -= sum(turns.values())
    item = state.need(WorkItem, bests[chosen].work_item_id)
    return Choice(item, {**agent.credits, **balances})


def all_have_refused(index: DeskIndex, item: WorkItem) -> bool:
    """Whether every present agent who could ever carry the item refused it (R12)."""
    populations, requires = asked_by(index, item)
    refused = {agent_id for agent_id, _ in item.refusals}
    return not any(
        agent_id not in refused and could_carry(index, item, agent_id)
        for population in populations
        for agents in index.bench.classes(population, requires)
        for agent_id in agents.present
    )


def could_carry(index: DeskIndex, item: WorkItem, agent_id: str) -> bool:
    """Whether the agent has room for the item with empty hands."""
    kind = index.kinds.kind_of(item.channel, item.weight)
    profile, capacity = index.profiles.of_agent[agent_id], index.profiles.capacity_of[agent_id]
    return index.kinds.could_carry(profile, capacity, kind)
