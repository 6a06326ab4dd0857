"""Conversations that were merged or split: each transcript points to the other (R21).

Nothing that was said moves. A merged conversation is over where it was, and goes on in another.
"""

from libs.common.contracts.decisions import ConversationsMerged, ConversationSplit
from services.history.core.changes import ConversationState, EntryKind, Party, Scalar, Writes
from services.history.core.decision_places import DecisionPlace, entry_at


class _Merged:
    """The same decision, about the conversation that is over by it."""

    def __init__(self, decision: ConversationsMerged) -> None:
        self.tenant_id = decision.tenant_id
        self.desk_id = decision.desk_id
        self.conversation_id = decision.merged_conversation_id


def merged(decision: ConversationsMerged, at: DecisionPlace, writes: Writes) -> None:
    """Both timelines and both transcripts tell it; the survivor's owner goes on."""
    details: dict[str, Scalar] = {"merged_conversation_id": decision.merged_conversation_id}
    writes.add_entry(
        entry_at(
            at,
            decision,
            EntryKind.MERGED,
            party=Party(decision.customer_id, decision.contact_point_id),
            agent_id=decision.agent_id,
            details=details,
        )
    )
    writes.change_conversation(
        decision, {f"merged.{decision.merged_conversation_id}": at.now_ms, "last_ms": at.now_ms}
    )
    over = _Merged(decision)
    entry = entry_at(
        at,
        over,
        EntryKind.MERGED_INTO,
        party=Party(decision.merged_customer_id, decision.merged_contact_point_id),
        agent_id=decision.agent_id,
        details={"into_conversation_id": decision.conversation_id},
    )
    writes.add_entry(entry._replace(entry_id=f"{entry.entry_id}/merged"))
    writes.change_conversation(
        over,
        {
            "state": ConversationState.CLOSED,
            "closed_ms": at.now_ms,
            "last_ms": at.now_ms,
            "merged_into": decision.conversation_id,
        },
    )


def split(decision: ConversationSplit, at: DecisionPlace, writes: Writes) -> None:
    """The new conversation points back, and the old one to it."""
    details: dict[str, Scalar] = {
        "from_conversation_id": decision.from_conversation_id,
        "from_sequence": decision.from_sequence,
        "note": decision.note or None,
    }
    writes.add_entry(
        entry_at(
            at,
            decision,
            EntryKind.SPLIT,
            party=Party(decision.customer_id, decision.contact_point_id),
            agent_id=decision.agent_id,
            details=details,
        )
    )
    writes.change_conversation(decision, {"split_from": decision.from_conversation_id})
    writes.change_conversation(
        _Before(decision), {f"split.{decision.conversation_id}": at.now_ms, "last_ms": at.now_ms}
    )


class _Before:
    """The same decision, about the conversation that the new one was split from."""

    def __init__(self, decision: ConversationSplit) -> None:
        self.tenant_id = decision.tenant_id
        self.desk_id = decision.desk_id
        self.conversation_id = decision.from_conversation_id
