"""How decisions change agents and the replicas that hold their connections."""

from libs.common.contracts import decisions as d
from services.router.core.entities import Agent, Desk, Replica
from services.router.core.indexing import (
    forget_replica,
    index_agent,
    index_connection,
    index_replica,
)
from services.router.core.state import PartitionState


def change_presence(state: PartitionState, changed: d.AgentPresenceChanged) -> None:
    """The agent chose, or was given, a presence."""
    agent = state.changing(Agent, changed.tenant_id, changed.desk_id, changed.agent_id)
    was_present = agent.is_present
    agent.presence = changed.presence
    agent.unanswered = 0
    _index(state, agent, was_present=was_present)


def change_connection(state: PartitionState, changed: d.AgentConnectionChanged) -> None:
    """The agent's stream opened somewhere, or ended; an end starts the take-back clock."""
    agent = state.changing(Agent, changed.tenant_id, changed.desk_id, changed.agent_id)
    was_present, before = agent.is_present, agent.replica_id
    agent.connection_id, agent.replica_id = changed.connection_id, changed.replica_id
    if changed.replica_id is not None:
        # A connection is a sign of life: until now the replica held none, and was not listened to.
        see_replica(state, changed.replica_id)
    index_connection(state, agent, before=before)
    if changed.connection_id is not None:
        agent.take_back_ms = None
    else:
        desk = state.need(Desk, changed.tenant_id, changed.desk_id)
        agent.unreachable_since_ms = state.now_ms
        agent.take_back_ms = state.now_ms + desk.configuration.policies.take_back_after_s * 1_000
    _index(state, agent, was_present=was_present)


def end_take_back(state: PartitionState, ended: d.TakeBackEnded) -> None:
    """Nothing more is to be taken back from this agent."""
    agent = state.changing(Agent, ended.tenant_id, ended.desk_id, ended.agent_id)
    agent.take_back_ms = None
    index_agent(state, agent)


def see_replica(state: PartitionState, replica_id: str) -> None:
    """A replica is alive as of now."""
    if state.get(Replica, replica_id) is None:
        state.add(Replica(replica_id=replica_id, seen_ms=state.now_ms), replica_id)
    replica = state.changing(Replica, replica_id)
    replica.seen_ms = state.now_ms
    index_replica(state, replica)


def hear_replica(state: PartitionState, seen: d.ReplicaSeen) -> None:
    """It said so itself."""
    see_replica(state, seen.replica_id)


def lose_replica(state: PartitionState, lost: d.ReplicaLost) -> None:
    """Nothing is left of a lost replica; its agents were disconnected before."""
    state.drop(Replica, lost.replica_id)
    forget_replica(state, lost.replica_id)


def _index(state: PartitionState, agent: Agent, *, was_present: bool) -> None:
    if agent.is_present and not was_present:
        agent.idle_since_ms = state.now_ms
    index_agent(state, agent)
