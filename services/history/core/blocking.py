"""Blocked contact points: what they wrote is in the timeline, in no conversation."""

from libs.common.contracts.decisions import (
    BlockedMessageFiled,
    ContactPointBlocked,
    ContactPointUnblocked,
)
from libs.common.identifiers import decision_id
from services.history.core.changes import Entry, EntryKind, Origin, Party, Scalar, Writes
from services.history.core.decision_places import DecisionPlace
from services.history.core.filing import party_of
from services.history.core.positions import position_of


def message_filed(decision: BlockedMessageFiled, at: DecisionPlace, writes: Writes) -> None:
    """Nothing is lost, and nobody works on it."""
    party = party_of(decision.reply_to, name=decision.sender_name)
    entry = _entry(decision, at, EntryKind.BLOCKED_MESSAGE, party)
    writes.add_entry(
        entry._replace(entry_id=f"message/{decision.message_id}", content=decision.content)
    )


def blocked(decision: ContactPointBlocked, at: DecisionPlace, writes: Writes) -> None:
    """From here on the contact point opens no work."""
    party = Party(decision.customer_id, decision.contact_point_id)
    details: dict[str, Scalar] = {"until_ms": decision.until_ms}
    entry = _entry(decision, at, EntryKind.BLOCKED, party)
    writes.add_entry(
        entry._replace(
            conversation_id=decision.conversation_id, agent_id=decision.agent_id, details=details
        )
    )


def unblocked(decision: ContactPointUnblocked, at: DecisionPlace, writes: Writes) -> None:
    """From here on it does again."""
    party = Party(decision.customer_id, decision.contact_point_id)
    entry = _entry(decision, at, EntryKind.UNBLOCKED, party)
    writes.add_entry(entry._replace(agent_id=decision.agent_id, details={"cause": decision.cause}))


def _entry(
    decision: BlockedMessageFiled | ContactPointBlocked | ContactPointUnblocked,
    at: DecisionPlace,
    kind: EntryKind,
    party: Party,
) -> Entry:
    return Entry(
        entry_id=f"decision/{decision_id(at.event_id, at.number)}",
        position=position_of(at.place, at.number),
        tenant_id=decision.tenant_id,
        desk_id=decision.desk_id,
        origin=Origin.ROUTING,
        kind=kind,
        appended_ms=at.now_ms,
        party=party,
    )
