"""Who takes care: queues, offers, owners and the end of the work, as notes in the transcript."""

from libs.common.contracts.decisions import (
    EscalationFired,
    ReservationOpened,
    WorkItemAssigned,
    WorkItemCompleted,
    WorkItemHeld,
    WorkItemParked,
    WorkItemQueued,
    WorkItemResumed,
    WorkItemWrappingUp,
)
from libs.common.contracts.terms import QueueingReason, WorkItemState
from services.history.core.changes import EntryKind, Scalar, Writes
from services.history.core.decision_places import DecisionPlace, entry_at

# An offer that came to nothing puts the item back in line; people reading along need not know.
_UNTOLD_REASONS = frozenset(
    {
        QueueingReason.REJECTED,
        QueueingReason.TIMED_OUT,
        QueueingReason.CANCELED,
        QueueingReason.HOLD_ENDED,
    }
)


def queued(decision: WorkItemQueued, at: DecisionPlace, writes: Writes) -> None:
    """The conversation waits in a queue and nobody owns it."""
    if decision.reason not in _UNTOLD_REASONS:
        details: dict[str, Scalar] = {
            "queue_id": decision.queue_id,
            "reason": decision.reason,
            "note": decision.note or None,
        }
        writes.add_entry(
            entry_at(at, decision, EntryKind.QUEUED, agent_id=decision.by_agent_id, details=details)
        )
    writes.change_conversation(
        decision,
        {
            "work_item_state": WorkItemState.QUEUED,
            "queue_id": decision.queue_id,
            "owner_id": None,
        },
    )


def reserved(decision: ReservationOpened, _at: DecisionPlace, writes: Writes) -> None:
    """It is offered to an agent: part of its state, not of what people read."""
    writes.change_conversation(decision, {"work_item_state": WorkItemState.RESERVED})


def assigned(decision: WorkItemAssigned, at: DecisionPlace, writes: Writes) -> None:
    """An agent owns it."""
    details: dict[str, Scalar] = {
        "queue_id": decision.queue_id,
        "waited_ms": decision.waited_ms,
    }
    writes.add_entry(
        entry_at(at, decision, EntryKind.ASSIGNED, agent_id=decision.agent_id, details=details)
    )
    writes.change_conversation(
        decision,
        {
            "work_item_state": WorkItemState.ASSIGNED,
            "queue_id": decision.queue_id,
            "owner_id": decision.agent_id,
        },
    )


def parked(decision: WorkItemParked, at: DecisionPlace, writes: Writes) -> None:
    """Its owner waits for the customer."""
    writes.add_entry(entry_at(at, decision, EntryKind.PARKED, agent_id=decision.agent_id))
    writes.change_conversation(decision, {"work_item_state": WorkItemState.PARKED})


def held(decision: WorkItemHeld, _at: DecisionPlace, writes: Writes) -> None:
    """The customer came back and the owner has no room yet."""
    writes.change_conversation(decision, {"work_item_state": WorkItemState.HELD})


def resumed(decision: WorkItemResumed, at: DecisionPlace, writes: Writes) -> None:
    """Its owner goes on."""
    writes.add_entry(entry_at(at, decision, EntryKind.RESUMED, agent_id=decision.agent_id))
    writes.change_conversation(
        decision,
        {"work_item_state": WorkItemState.ASSIGNED, "owner_id": decision.agent_id},
    )


def wrapping_up(decision: WorkItemWrappingUp, _at: DecisionPlace, writes: Writes) -> None:
    """The agent finishes the work after it."""
    writes.change_conversation(decision, {"work_item_state": WorkItemState.WRAPPING_UP})


def completed(decision: WorkItemCompleted, at: DecisionPlace, writes: Writes) -> None:
    """Nothing is left to do; the outcome stands in the transcript."""
    details: dict[str, Scalar] = {"code": decision.code}
    writes.add_entry(
        entry_at(at, decision, EntryKind.COMPLETED, agent_id=decision.agent_id, details=details)
    )
    writes.change_conversation(decision, {"work_item_state": WorkItemState.COMPLETED})


def escalated(decision: EscalationFired, at: DecisionPlace, writes: Writes) -> None:
    """It waited too long and people were told."""
    details: dict[str, Scalar] = {
        "queue_id": decision.queue_id,
        "level": decision.level,
        "waited_ms": decision.waited_ms,
    }
    writes.add_entry(entry_at(at, decision, EntryKind.ESCALATED, details=details))
