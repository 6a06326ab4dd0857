"""What a counted record changes in the memory: entries, conversations, deliveries, links.

An entry is stored once, under the contact point's own customer, and never rewritten, save for the
delivery status of a reply. Entries that name no customer (an assignment, a transfer) belong to the
transcript alone.

Changes are named tuples: as immutable as frozen dataclasses, at a quarter of their cost, which
counts where every record makes several.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from libs.common.contracts.content import Content
from libs.common.contracts.terms import DeliveryOutcome

Scalar = str | int | None
# Above any attempt: a reply that arrived can't un-arrive, whatever is reported later.
_DELIVERED = 1_000_000


class Origin(StrEnum):
    """Where an entry comes from: the decision log, or an event for the timeline alone."""

    ROUTING = "routing"
    CUSTOMER = "customer"


class EntryKind(StrEnum):
    """The kinds of entries that routing causes; a customer event brings its own kind."""

    OPENED = "conversation_opened"
    REOPENED = "conversation_reopened"
    MERGED = "conversation_merged"
    MERGED_INTO = "conversation_merged_into"
    SPLIT = "conversation_split"
    BLOCKED_MESSAGE = "blocked_message"
    BLOCKED = "contact_point_blocked"
    UNBLOCKED = "contact_point_unblocked"
    MESSAGE = "message"
    REPLY = "reply"
    CLOSED = "conversation_closed"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    PARKED = "parked"
    SNOOZED = "snoozed"
    FOLLOW_UP = "follow_up_scheduled"
    RESUMED = "resumed"
    ESCALATED = "escalated"
    SLA_BREACHED = "sla_breached"
    COMPLETED = "completed"
    CANCELED = "canceled"
    JOINED = "participant_joined"
    LEFT = "participant_left"
    OWNER_CHANGED = "owner_changed"


class ConversationState(StrEnum):
    """Whether a later message continues the conversation."""

    OPEN = "open"
    CLOSED = "closed"


class OfConversation(Protocol):
    """A decision about one conversation."""

    @property
    def tenant_id(self) -> str:
        """The company."""

    @property
    def desk_id(self) -> str:
        """The desk that decided."""

    @property
    def conversation_id(self) -> str:
        """The conversation."""


class Party(NamedTuple):
    """Whose entry it is and over which address. `family` and `address` where the record says."""

    customer_id: str
    contact_point_id: str | None = None
    channel: str | None = None
    family: str | None = None
    address: str | None = None
    name: str | None = None


class Delivery(NamedTuple):
    """What became of a reply: the one with the greater `progress` holds, whatever came last."""

    progress: int
    outcome: DeliveryOutcome
    attempt: int
    detail: str


class Entry(NamedTuple):
    """One thing that happened. `position` orders all entries of a tenant, for ever.

    `entry_id` is unique inside the tenant; `appended_ms` is the log's time and `occurred_ms` the
    sender's, where the two differ.
    """

    entry_id: str
    position: str
    tenant_id: str
    desk_id: str
    origin: Origin
    kind: str
    appended_ms: int
    occurred_ms: int | None = None
    party: Party | None = None
    conversation_id: str | None = None
    sequence: int | None = None
    agent_id: str | None = None
    content: Content | None = None
    delivery: Delivery | None = None
    details: Mapping[str, Scalar] | None = None
    attributes: Mapping[str, object] | None = None


@dataclass(slots=True, kw_only=True)
class ConversationChange:
    """What is new about one conversation; `is_new` when this is its first record."""

    tenant_id: str
    desk_id: str
    conversation_id: str
    fields: dict[str, Scalar]
    is_new: bool = False


class DeliveryChange(NamedTuple):
    """The delivery status of a reply's entry may have moved on."""

    tenant_id: str
    entry_id: str
    delivery: Delivery


class LinkChange(NamedTuple):
    """A desk linked two contact points, or took the link back."""

    tenant_id: str
    desk_id: str
    contact_point_ids: tuple[str, str]
    is_active: bool
    since_ms: int


@dataclass(slots=True)
class Writes:
    """All that a batch of records changes, with repeated changes of one thing folded into one.

    Changes must be added in log order.
    """

    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    conversations: dict[tuple[str, str], ConversationChange] = field(default_factory=dict)
    deliveries: dict[tuple[str, str], DeliveryChange] = field(default_factory=dict)
    links: dict[tuple[str, str, tuple[str, str]], LinkChange] = field(default_factory=dict)

    def add_entry(self, entry: Entry) -> None:
        """Keep it, unless the batch has one of this id: of a sender's repeats the first stands."""
        self.entries.setdefault((entry.tenant_id, entry.entry_id), entry)

    def change_conversation(
        self, decision: OfConversation, fields: dict[str, Scalar], *, is_new: bool = False
    ) -> None:
        """Later fields win over earlier ones of the same conversation."""
        key = (decision.tenant_id, decision.conversation_id)
        known = self.conversations.get(key)
        if known is not None:
            known.fields.update(fields)
            return
        self.conversations[key] = ConversationChange(
            tenant_id=decision.tenant_id,
            desk_id=decision.desk_id,
            conversation_id=decision.conversation_id,
            fields=fields,
            is_new=is_new,
        )

    def add_delivery(self, change: DeliveryChange) -> None:
        """The further one holds; it goes into its reply's entry when the batch has that."""
        key = (change.tenant_id, change.entry_id)
        entry = self.entries.get(key)
        if entry is not None:
            self.entries[key] = entry._replace(delivery=_further(entry.delivery, change.delivery))
            return
        earlier = self.deliveries.get(key)
        further = _further(earlier.delivery if earlier else None, change.delivery)
        self.deliveries[key] = change._replace(delivery=further)

    def set_link(self, change: LinkChange) -> None:
        """The last change of a desk's link stands."""
        self.links[change.tenant_id, change.desk_id, change.contact_point_ids] = change


def delivery_of(outcome: DeliveryOutcome, *, attempt: int, detail: str) -> Delivery:
    """The outcome with its rank: later attempts outrank earlier ones, a failure outranks the
    sending of the same attempt, and delivered outranks everything.
    """
    rank = attempt * 2 + (outcome is DeliveryOutcome.FAILED)
    return Delivery(
        progress=_DELIVERED if outcome is DeliveryOutcome.DELIVERED else rank,
        outcome=outcome,
        attempt=attempt,
        detail=detail,
    )


def _further(one: Delivery | None, other: Delivery) -> Delivery:
    return other if one is None or other.progress > one.progress else one
