"""Who takes care: queues, offers, owners and the end of the work, as notes in the transcript."""

from libs.common.contracts.decisions import (
    ConversationClosed,
    EscalationFired,
    FollowUpScheduled,
    ReservationOpened,
    SlaBreached,
    WorkItemAssigned,
    WorkItemCanceled,
    WorkItemCompleted,
    WorkItemHeld,
    WorkItemParked,
    WorkItemPromoted,
    WorkItemQueued,
    WorkItemRelaxed,
    WorkItemResumed,
    WorkItemSnoozed,
    WorkItemWrappingUp,
)
from libs.common.contracts.terms import QueueingReason, WorkItemState
from services.history.core.changes import EntryKind, Party, Scalar, Writes
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
            "strict_class": decision.strict_class,
            "step": 0,
        },
    )


def relaxed(decision: WorkItemRelaxed, _at: DecisionPlace, writes: Writes) -> None:
    """It has waited: more agents are asked, or others. State, as an offer is."""
    writes.change_conversation(
        decision,
        {
            "queue_id": decision.queue_id,
            "strict_class": decision.strict_class,
            "step": decision.step,
        },
    )


def promoted(decision: WorkItemPromoted, _at: DecisionPlace, writes: Writes) -> None:
    """It has waited so long that it goes before others of its class."""
    writes.change_conversation(decision, {"strict_class": decision.strict_class})


def reserved(decision: ReservationOpened, _at: DecisionPlace, writes: Writes) -> None:
    """It is offered to an agent: part of its state, not of what people read. Nobody is kept."""
    writes.change_conversation(
        decision, {"work_item_state": WorkItemState.RESERVED, "held_for": None}
    )


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


def snoozed(decision: WorkItemSnoozed, at: DecisionPlace, writes: Writes) -> None:
    """Its owner put it aside until a time."""
    details: dict[str, Scalar] = {"until_ms": decision.until_ms}
    writes.add_entry(
        entry_at(at, decision, EntryKind.SNOOZED, agent_id=decision.agent_id, details=details)
    )
    writes.change_conversation(decision, {"work_item_state": WorkItemState.PARKED})


def follow_up_scheduled(decision: FollowUpScheduled, at: DecisionPlace, writes: Writes) -> None:
    """Its customer was promised something for a later time."""
    details: dict[str, Scalar] = {"due_ms": decision.due_ms, "note": decision.note or None}
    writes.add_entry(
        entry_at(at, decision, EntryKind.FOLLOW_UP, agent_id=decision.agent_id, details=details)
    )


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
    if not decision.is_reopened:
        writes.change_conversation(decision, {"work_item_state": WorkItemState.COMPLETED})


def canceled(decision: WorkItemCanceled, at: DecisionPlace, writes: Writes) -> None:
    """The customer left before anybody had it: a fact of the customer's own timeline, with why."""
    details: dict[str, Scalar] = {
        "queue_id": decision.queue_id,
        "cause": decision.cause,
        "waited_ms": decision.waited_ms,
    }
    party = _party_beside(decision, at)
    writes.add_entry(entry_at(at, decision, EntryKind.CANCELED, party=party, details=details))
    writes.change_conversation(
        decision, {"work_item_state": WorkItemState.CANCELED, "held_for": None}
    )


def _party_beside(decision: WorkItemCanceled, at: DecisionPlace) -> Party | None:
    """Whose conversation it is: the same record closes it and says so."""
    customer_ids = (
        beside.customer_id
        for beside in at.beside
        if isinstance(beside, ConversationClosed)
        and beside.conversation_id == decision.conversation_id
    )
    customer_id = next(customer_ids, None)
    return Party(customer_id=customer_id) if customer_id is not None else None


def escalated(decision: EscalationFired, at: DecisionPlace, writes: Writes) -> None:
    """It waited too long and people were told."""
    details: dict[str, Scalar] = {
        "queue_id": decision.queue_id,
        "level": decision.level,
        "waited_ms": decision.waited_ms,
    }
    writes.add_entry(entry_at(at, decision, EntryKind.ESCALATED, details=details))


def breached(decision: SlaBreached, at: DecisionPlace, writes: Writes) -> None:
    """A promise to the customer was not kept."""
    details: dict[str, Scalar] = {
        "queue_id": decision.queue_id,
        "policy_id": decision.policy_id,
        "target": decision.target,
    }
    writes.add_entry(entry_at(at, decision, EntryKind.SLA_BREACHED, details=details))
