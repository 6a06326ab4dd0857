"""Who takes care: queues, offers, owners and the end of the work, as notes in the transcript."""

from collections.abc import Iterator, Mapping

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
from services.history.core.changes import Change, ConversationChange, EntryKind, Scalar
from services.history.core.decision_places import DecisionPlace, entry_at

OfConversation = (
    ReservationOpened
    | WorkItemAssigned
    | WorkItemCompleted
    | WorkItemHeld
    | WorkItemParked
    | WorkItemQueued
    | WorkItemResumed
    | WorkItemWrappingUp
)
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
        yield entry_at(
            at,
            decision,
            EntryKind.QUEUED,
            conversation_id=decision.conversation_id,
            agent_id=decision.by_agent_id,
            details={
                "queue_id": decision.queue_id,
                "reason": decision.reason,
                "note": decision.note,
            },
        )
    yield _state(decision, WorkItemState.QUEUED, {"queue_id": decision.queue_id, "owner_id": None})


def reserved(decision: ReservationOpened, at: DecisionPlace, writes: Writes) -> None:  # noqa: ARG001  # one signature for all projections
    """It is offered to an agent: part of its state, not of what people read."""
    yield _state(decision, WorkItemState.RESERVED)


def assigned(decision: WorkItemAssigned, at: DecisionPlace, writes: Writes) -> None:
    """An agent owns it."""
    yield entry_at(
        at,
        decision,
        EntryKind.ASSIGNED,
        conversation_id=decision.conversation_id,
        agent_id=decision.agent_id,
        details={"queue_id": decision.queue_id, "waited_ms": decision.waited_ms},
    )
    yield _state(
        decision,
        WorkItemState.ASSIGNED,
        {"queue_id": decision.queue_id, "owner_id": decision.agent_id},
    )


def parked(decision: WorkItemParked, at: DecisionPlace, writes: Writes) -> None:
    """Its owner waits for the customer."""
    yield _by_owner(decision, at, EntryKind.PARKED)
    yield _state(decision, WorkItemState.PARKED)


def held(decision: WorkItemHeld, at: DecisionPlace, writes: Writes) -> None:  # noqa: ARG001  # one signature for all projections
    """The customer came back and the owner has no room yet."""
    yield _state(decision, WorkItemState.HELD)


def resumed(decision: WorkItemResumed, at: DecisionPlace, writes: Writes) -> None:
    """Its owner goes on."""
    yield _by_owner(decision, at, EntryKind.RESUMED)
    yield _state(decision, WorkItemState.ASSIGNED, {"owner_id": decision.agent_id})


def wrapping_up(decision: WorkItemWrappingUp, at: DecisionPlace, writes: Writes) -> None:  # noqa: ARG001  # one signature for all projections
    """The agent finishes the work after it."""
    yield _state(decision, WorkItemState.WRAPPING_UP)


def completed(decision: WorkItemCompleted, at: DecisionPlace, writes: Writes) -> None:
    """Nothing is left to do; the outcome stands in the transcript."""
    yield _by_owner(decision, at, EntryKind.COMPLETED, {"code": decision.code})
    yield _state(decision, WorkItemState.COMPLETED)


def escalated(decision: EscalationFired, at: DecisionPlace, writes: Writes) -> None:
    """It waited too long and people were told."""
    yield entry_at(
        at,
        decision,
        EntryKind.ESCALATED,
        conversation_id=decision.conversation_id,
        details={
            "queue_id": decision.queue_id,
            "level": decision.level,
            "waited_ms": decision.waited_ms,
        },
    )


def _by_owner(
    decision: WorkItemParked | WorkItemResumed | WorkItemCompleted,
    at: DecisionPlace,
    kind: EntryKind,
    details: Mapping[str, Scalar] | None = None,
) -> Change:
    return entry_at(
        at,
        decision,
        kind,
        conversation_id=decision.conversation_id,
        agent_id=decision.agent_id,
        details=details,
    )


def _state(
    decision: OfConversation, state: WorkItemState, fields: Mapping[str, Scalar] | None = None
) -> ConversationChange:
    return ConversationChange(
        tenant_id=decision.tenant_id,
        desk_id=decision.desk_id,
        conversation_id=decision.conversation_id,
        fields={"work_item_state": state, **(fields or {})},
    )
