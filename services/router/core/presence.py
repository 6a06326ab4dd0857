"""Who can be asked: connections as leases, presence as the agent's own word (R16, R20).

The notifier reports connections; a replica that falls silent loses all of them, and what an
unreachable agent owns without answering is taken back after a while.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence, QueueingReason
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.lifecycle import OWNED
from services.router.core.offering import end_capacity_hold, end_hold
from services.router.core.participants import leave_all
from services.router.core.placing import (
    fill_agent,
    keep_an_agent,
    place_deserted_items,
    place_item,
    queue_again,
)
from services.router.core.reservations import cancel_pending
from services.router.core.turn import Turn

REPLICA_AGENTS_PER_STEP = 16


def connect(turn: Turn, agent: Agent, connected: e.AgentConnected) -> None:
    """The agent's stream opened; it replaces an earlier one."""
    was_present = agent.is_present
    _change_connection(
        turn,
        agent,
        connection_id=connected.connection_id,
        replica_id=connected.replica_id,
        cause="connected",
    )
    if agent.is_present and not was_present:
        fill_agent(turn, agent)


def disconnect(turn: Turn, agent: Agent, *, connection_id: str, cause: str) -> None:
    """The stream ended; a stale one's end means nothing."""
    if agent.connection_id != connection_id:
        return
    _change_connection(turn, agent, connection_id=None, replica_id=None, cause=cause)
    leave_all(turn, agent)
    leave(turn, agent)


def set_presence(turn: Turn, agent: Agent, presence: Presence) -> None:
    """The agent says whether to be offered work; going away cancels offers, keeps assignments."""
    if agent.presence is presence:
        return
    announce_presence(turn, agent, presence, cause="agent")
    if agent.is_present:
        fill_agent(turn, agent)
    else:
        leave(turn, agent)


def announce_presence(turn: Turn, agent: Agent, presence: Presence, *, cause: str) -> None:
    """Record an agent's presence."""
    turn.emit(
        d.AgentPresenceChanged(
            tenant_id=agent.tenant_id,
            desk_id=agent.desk_id,
            agent_id=agent.agent_id,
            presence=presence,
            cause=cause,
        )
    )


def see_replica(turn: Turn, replica_id: str) -> None:
    """A replica that holds connections of this partition's agents is alive."""
    if turn.state.agents_of_replica.get(replica_id):
        turn.emit(d.ReplicaSeen(tenant_id="", desk_id="", replica_id=replica_id))


def lose_replica(turn: Turn, replica_id: str) -> None:
    """A silent replica's agents are disconnected in portions, then it is forgotten (R2, R20)."""
    agents = turn.state.agents_of_replica[replica_id]
    for key in list(agents[:REPLICA_AGENTS_PER_STEP]):
        if turn.is_full:
            return
        agent = turn.state.need(Agent, *key)
        disconnect(turn, agent, connection_id=agent.connection_id or "", cause="replica_silent")
    if not agents:
        turn.emit(d.ReplicaLost(tenant_id="", desk_id="", replica_id=replica_id))


def owned_by(turn: Turn, agent: Agent) -> list[WorkItem]:
    """What the agent owns, in a fixed order."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    items = [turn.state.need(WorkItem, name) for name in sorted(turn.state.held.get(key, {}))]
    return [one for one in items if one.state in OWNED and one.agent_id == agent.agent_id]


def take_back(turn: Turn, agent: Agent) -> None:
    """What the unreachable agent owns and has not answered since goes back to its line."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    for work_item_id in sorted(turn.state.held.get(key, {})):
        item = turn.state.need(WorkItem, work_item_id)
        if turn.is_full:
            return
        is_owner = item.state is S.ASSIGNED and item.agent_id == agent.agent_id
        if is_owner and item.replied_ms <= agent.unreachable_since_ms:
            queue_again(turn, item, reason=QueueingReason.TAKEN_BACK, by_agent_id=agent.agent_id)
    turn.emit(
        d.TakeBackEnded(tenant_id=agent.tenant_id, desk_id=agent.desk_id, agent_id=agent.agent_id)
    )


def _change_connection(
    turn: Turn, agent: Agent, *, connection_id: str | None, replica_id: str | None, cause: str
) -> None:
    turn.emit(
        d.AgentConnectionChanged(
            tenant_id=agent.tenant_id,
            desk_id=agent.desk_id,
            agent_id=agent.agent_id,
            connection_id=connection_id,
            replica_id=replica_id,
            cause=cause,
        )
    )


def leave(turn: Turn, agent: Agent) -> None:
    """The agent is no longer present: offers and holds end, and refused items may go round."""
    cancel_pending(turn, agent)
    index = turn.state.index_of((agent.tenant_id, agent.desk_id))
    for work_item_id in list(index.kept_items.get(agent.agent_id, ())):
        item = turn.state.need(WorkItem, work_item_id)
        end_hold(turn, item, cause="absent")
        place_item(turn, item)
    if agent.kept_for is not None:
        kept_for = turn.state.need(WorkItem, agent.kept_for)
        end_capacity_hold(turn, kept_for, cause="absent")
        keep_an_agent(turn, kept_for)
    place_deserted_items(turn, turn.state.need(Desk, agent.tenant_id, agent.desk_id))
