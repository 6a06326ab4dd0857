"""What is said: conversations opened and closed, messages, replies and their delivery, links."""

from libs.common.contracts.content import ReplyAddress
from libs.common.contracts.decisions import (
    ConversationClosed,
    ConversationOpened,
    ConversationReopened,
    DeliveryFiled,
    LinkAdded,
    LinkRemoved,
    MessageFiled,
    ReplyFiled,
)
from libs.common.contracts.terms import ContactPointId
from libs.common.identifiers import customer_id_of
from services.history.core.changes import (
    ConversationState,
    DeliveryChange,
    EntryKind,
    LinkChange,
    Party,
    Scalar,
    Writes,
    delivery_of,
)
from services.history.core.decision_places import DecisionPlace, entry_at


def opened(decision: ConversationOpened, at: DecisionPlace, writes: Writes) -> None:
    """A conversation begins, at a contact point of its customer."""
    customer_id = customer_id_of(ContactPointId(decision.contact_point_id))
    party = Party(
        customer_id=customer_id,
        contact_point_id=decision.contact_point_id,
        channel=decision.channel,
    )
    writes.add_entry(entry_at(at, decision, EntryKind.OPENED, party=party))
    writes.change_conversation(
        decision,
        {
            "state": ConversationState.OPEN,
            "customer_id": customer_id,
            "contact_point_id": decision.contact_point_id,
            "channel": decision.channel,
            "opened_ms": at.now_ms,
            "last_ms": at.now_ms,
        },
        is_new=True,
    )


def reopened(decision: ConversationReopened, at: DecisionPlace, writes: Writes) -> None:
    """A conversation that was over goes on, in the same transcript."""
    party = Party(
        customer_id=decision.customer_id,
        contact_point_id=decision.contact_point_id,
        channel=decision.channel,
    )
    details: dict[str, Scalar] = {"closed_ms": decision.closed_ms}
    writes.add_entry(entry_at(at, decision, EntryKind.REOPENED, party=party, details=details))
    writes.change_conversation(
        decision,
        {
            "state": ConversationState.OPEN,
            "channel": decision.channel,
            "closed_ms": None,
            "last_ms": at.now_ms,
        },
    )


def message_filed(decision: MessageFiled, at: DecisionPlace, writes: Writes) -> None:
    """A customer's message stands in the transcript and in the timeline."""
    writes.add_entry(
        entry_at(
            at,
            decision,
            EntryKind.MESSAGE,
            entry_id=f"message/{decision.message_id}",
            party=party_of(decision.reply_to, name=decision.sender_name),
            sequence=decision.sequence,
            content=decision.content,
        )
    )
    _said(decision, at, writes)


def reply_filed(decision: ReplyFiled, at: DecisionPlace, writes: Writes) -> None:
    """An agent's reply stands in both as well; it belongs to the contact point it goes to."""
    writes.add_entry(
        entry_at(
            at,
            decision,
            EntryKind.REPLY,
            entry_id=_reply_entry_id(decision.reply_id),
            party=party_of(decision.reply_to),
            sequence=decision.sequence,
            agent_id=decision.agent_id,
            content=decision.content,
        )
    )
    _said(decision, at, writes)


def delivery_filed(decision: DeliveryFiled, _at: DecisionPlace, writes: Writes) -> None:
    """The reply's delivery status moves on, and never back."""
    writes.add_delivery(
        DeliveryChange(
            tenant_id=decision.tenant_id,
            entry_id=_reply_entry_id(decision.reply_id),
            delivery=delivery_of(
                decision.outcome, attempt=decision.attempt, detail=decision.detail
            ),
        )
    )


def closed(decision: ConversationClosed, at: DecisionPlace, writes: Writes) -> None:
    """The conversation is over; its owner, if it had one, stays named as the one who ended it."""
    party = Party(customer_id=decision.customer_id)
    agent_id = decision.agent_id or None
    details: dict[str, Scalar] | None = {"outcome": decision.outcome} if decision.outcome else None
    writes.add_entry(
        entry_at(at, decision, EntryKind.CLOSED, party=party, agent_id=agent_id, details=details)
    )
    writes.change_conversation(
        decision,
        {"state": ConversationState.CLOSED, "closed_ms": at.now_ms, "last_ms": at.now_ms},
    )


def link_added(decision: LinkAdded, at: DecisionPlace, writes: Writes) -> None:
    """Two contact points are one customer from now on."""
    writes.set_link(_link(decision, at, is_active=True))


def link_removed(decision: LinkRemoved, at: DecisionPlace, writes: Writes) -> None:
    """They no longer are; no entry knows of it."""
    writes.set_link(_link(decision, at, is_active=False))


def _reply_entry_id(reply_id: str) -> str:
    return f"message/{reply_id}"


def party_of(reply_to: ReplyAddress, *, name: str | None = None) -> Party:
    """Whose entry it is that came from, or goes to, this address."""
    # A conversation may cross contact points, so the entry belongs to the one that carried it:
    # un-linking then gives each contact point back what was said over it.
    return Party(
        customer_id=customer_id_of(ContactPointId(reply_to.contact_point_id)),
        contact_point_id=reply_to.contact_point_id,
        channel=reply_to.channel,
        family=reply_to.family,
        address=reply_to.address,
        name=name,
    )


def _said(decision: MessageFiled | ReplyFiled, at: DecisionPlace, writes: Writes) -> None:
    writes.change_conversation(decision, {"last_sequence": decision.sequence, "last_ms": at.now_ms})


def _link(decision: LinkAdded | LinkRemoved, at: DecisionPlace, *, is_active: bool) -> LinkChange:
    first, second = sorted(decision.contact_point_ids)
    return LinkChange(
        tenant_id=decision.tenant_id,
        desk_id=decision.desk_id,
        contact_point_ids=(first, second),
        is_active=is_active,
        since_ms=at.now_ms,
    )
