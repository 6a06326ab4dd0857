"""Who is kept for a heavy item that was passed over, and which item an agent is kept for (R6).

Without it calls would starve behind chats: whoever gets free is free for the lighter ones first.
"""

from operator import itemgetter

from services.router.core.entities import Agent, WorkItem
from services.router.core.matching import could_carry, first_willing
from services.router.core.places import NOBODY
from services.router.core.queueing import signature_of
from services.router.core.seating import asked_by
from services.router.core.state import PartitionState


def agent_to_keep(state: PartitionState, item: WorkItem) -> str | None:
    """Whom a heavy item keeps: the present agent within reach with the most free units (R6).

    Ties by idle time. Agents who are kept already, refused, or could never carry the item with
    empty hands are left out.
    """
    index = state.index_of((item.tenant_id, item.desk_id))
    if not index.lines.is_open(item.queue_id):
        return None

    kind = index.kinds.kind_of(item.channel, item.weight)
    carries, profiles = index.kinds.could_carry, index.profiles

    def idle_since_ms(agent_id: str) -> int:
        return state.need(Agent, item.tenant_id, item.desk_id, agent_id).idle_since_ms

    def can_be_kept(agent_id: str) -> bool:
        profile, capacity = profiles.of_agent[agent_id], profiles.capacity_of[agent_id]
        return carries(profile, capacity, kind) and not item.excludes(agent_id)

    best: tuple[int, int, str] | None = None
    spares = [
        (-free_units, *spare.earliest, spare)
        for agents in index.bench.unkept(*asked_by(index, item))
        for free_units, spare in agents.by_free.items()
    ]
    # Where somebody may be idle for longest is looked first: of twenty classes, mostly into one.
    for less_units, since_ms, agent_id, spare in sorted(spares, key=itemgetter(0, 1, 2)):
        if best is not None and (less_units, since_ms, agent_id) >= best:
            break
        first = spare.first(idle_since_ms, can_be_kept)
        if first is not None:
            found = (less_units, *first)
            best = found if best is None else min(best, found)
    return best[2] if best is not None else None


def suits(state: PartitionState, item: WorkItem, agent_id: str) -> bool:
    """Whether the item is for such an agent now, who could carry it with empty hands."""
    index = state.index_of((item.tenant_id, item.desk_id))
    profile = index.profiles.of_agent.get(agent_id)
    is_for = profile is not None and signature_of(item).admits(profile)
    is_open = index.lines.is_open(item.queue_id)
    return is_open and is_for and could_carry(index, item, agent_id)


def passed_over_item_for(state: PartitionState, agent: Agent) -> WorkItem | None:
    """The first item within reach that was passed over and keeps nobody yet (R6).

    Only one that the agent could carry with empty hands.
    """
    index = state.index_of((agent.tenant_id, agent.desk_id))
    seat = index.bench.seat_of(agent.agent_id)
    if seat is None or agent.kept_for is not None or seat.free_units <= 0 or not index.unkept:
        return None
    profile = index.profiles.of_agent[agent.agent_id]
    capacity = index.profiles.capacity_of[agent.agent_id]
    for reached in index.unkept.within_reach(profile, index.kinds.ever(profile, capacity)):
        first = min([first_willing(state, agent, lines) for lines in reached.by_queue.values()])
        if first is not NOBODY:
            return state.need(WorkItem, first.work_item_id)
    return None
