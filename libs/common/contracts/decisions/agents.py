"""Who can be asked."""

from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision
from libs.common.contracts.terms import Presence, ShiftPhase


@decision
class AgentPresenceChanged(Decision):
    """An agent chose (or was set to) this presence; `cause` is `agent` or `ring_no_answer`."""

    type: Literal["agent_presence_changed"] = "agent_presence_changed"
    agent_id: str
    presence: Presence
    cause: str


@decision
class AgentConnectionChanged(Decision):
    """An agent's stream opened on a replica, or (with no connection) the agent is unreachable."""

    type: Literal["agent_connection_changed"] = "agent_connection_changed"
    agent_id: str
    connection_id: str | None
    replica_id: str | None
    cause: str


@decision
class AgentShiftChanged(Decision):
    """An agent's shift began, is about to end, or ended; it is looked at again at `due_ms`."""

    type: Literal["agent_shift_changed"] = "agent_shift_changed"
    agent_id: str
    phase: ShiftPhase
    due_ms: int


@decision
class TakeBackEnded(Decision):
    """What an unreachable agent owned without answering was taken back."""

    type: Literal["take_back_ended"] = "take_back_ended"
    agent_id: str


@decision
class ReplicaSeen(Decision):
    """A notifier replica is alive."""

    type: Literal["replica_seen"] = "replica_seen"
    replica_id: str


@decision
class ReplicaLost(Decision):
    """A notifier replica was silent too long and all its agents count as disconnected."""

    type: Literal["replica_lost"] = "replica_lost"
    replica_id: str


@decision
class LastAgentForgotten(Decision):
    """Who served this contact point last is too long ago to matter."""

    type: Literal["last_agent_forgotten"] = "last_agent_forgotten"
    contact_point_id: str
