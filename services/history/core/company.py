"""Who is kept for whom, who takes part beside the owner, and who follows whom as the owner."""

from libs.common.contracts.decisions import (
    HoldEnded,
    HoldOpened,
    OwnerChanged,
    ParticipantJoined,
    ParticipantRemoved,
)
from libs.common.contracts.terms import HoldKind
from services.history.core.changes import EntryKind, Scalar, Writes
from services.history.core.decision_places import DecisionPlace, entry_at

# The store takes a dot for a step into a part; no agent's id holds a percent sign.
_DOT = "%"


def hold_opened(decision: HoldOpened, _at: DecisionPlace, writes: Writes) -> None:
    """It is kept for an agent. (An agent who is kept for it is no part of the conversation.)"""
    if decision.kind is not HoldKind.CAPACITY:
        writes.change_conversation(decision, {"held_for": decision.agent_id})


def hold_ended(decision: HoldEnded, _at: DecisionPlace, writes: Writes) -> None:
    """It is for anybody in its line again."""
    if decision.kind is not HoldKind.CAPACITY:
        writes.change_conversation(decision, {"held_for": None})


def joined(decision: ParticipantJoined, at: DecisionPlace, writes: Writes) -> None:
    """Somebody takes part, monitors included: who reads the transcript may know who else does."""
    details: dict[str, Scalar] = {"kind": decision.kind, "by_agent_id": decision.by_agent_id}
    writes.add_entry(
        entry_at(at, decision, EntryKind.JOINED, agent_id=decision.agent_id, details=details)
    )
    writes.change_conversation(decision, {_participant(decision.agent_id): decision.kind})


def left(decision: ParticipantRemoved, at: DecisionPlace, writes: Writes) -> None:
    """They no longer do."""
    details: dict[str, Scalar] = {"cause": decision.cause}
    writes.add_entry(
        entry_at(at, decision, EntryKind.LEFT, agent_id=decision.agent_id, details=details)
    )
    writes.change_conversation(decision, {_participant(decision.agent_id): None})


def owner_changed(decision: OwnerChanged, at: DecisionPlace, writes: Writes) -> None:
    """A participant owns it now, and is a participant no longer."""
    details: dict[str, Scalar] = {"from_agent_id": decision.from_agent_id}
    writes.add_entry(
        entry_at(at, decision, EntryKind.OWNER_CHANGED, agent_id=decision.agent_id, details=details)
    )
    writes.change_conversation(
        decision, {"owner_id": decision.agent_id, _participant(decision.agent_id): None}
    )


def _participant(agent_id: str) -> str:
    return f"participants.{agent_id.replace('.', _DOT)}"


def agent_id_in(key: str) -> str:
    """The agent whom a key below `participants` means."""
    return key.replace(_DOT, ".")
