"""What the engine remembers between events: plain mutable records that only `evolve` changes.

Each entity is saved as one document under its key; nothing that can be derived is stored. All
times are engine time in milliseconds.
"""

from dataclasses import dataclass, field

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import ReplyAddress
from libs.common.contracts.terms import Presence, WorkItemState

DeskKey = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Desk:
    """A configured desk. `rematch_due_ms` is set while a new configuration is being carried out."""

    tenant_id: str
    desk_id: str
    version: int
    configuration: DeskConfiguration
    rematch_due_ms: int | None = None

    @property
    def key(self) -> DeskKey:
        """The desk among all desks of the partition."""
        return (self.tenant_id, self.desk_id)


@dataclass(slots=True, kw_only=True)
class ContactPoint:
    """One address of a customer on this desk, its open conversation, and its links."""

    tenant_id: str
    desk_id: str
    contact_point_id: str
    conversation_id: str | None = None
    linked_ids: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Conversation:
    """An open thread. `sequence` is the last place given; `reply_to` where an answer goes."""

    tenant_id: str
    desk_id: str
    conversation_id: str
    customer_id: str
    contact_point_id: str
    channel: str
    sequence: int = 0
    reply_to: ReplyAddress | None = None
    work_item_id: str | None = None
    last_active_ms: int = 0


@dataclass(slots=True, kw_only=True)
class WorkItem:
    """A unit of routable effort.

    `agent_id` holds `held_units` while a reservation or an assignment lasts. `waiting_since_ms`
    is when the present wait began, `virtual_time_ms` the same minus credit. `refusals` are
    (agent, excluded until), oldest first. `until_ms` ends the reservation, hold or wrap-up.
    """

    tenant_id: str
    desk_id: str
    work_item_id: str
    conversation_id: str
    state: WorkItemState
    queue_id: str
    requires: dict[str, int]
    channel: str
    weight: int
    strict_class: int
    virtual_time_ms: int
    waiting_since_ms: int
    sequence: int
    rule_id: str
    agent_id: str | None = None
    held_units: int = 0
    offers: int = 0
    reservation_id: str | None = None
    until_ms: int | None = None
    escalation_due_ms: int | None = None
    refusals: list[tuple[str, int]] = field(default_factory=list)
    replied_ms: int = 0

    def excludes(self, agent_id: str) -> bool:
        """Whether the agent refused this item and is not to be asked again yet."""
        return any(refused == agent_id for refused, _ in self.refusals)


@dataclass(slots=True, kw_only=True)
class Agent:
    """A person at work. Present means connected and available."""

    tenant_id: str
    desk_id: str
    agent_id: str
    presence: Presence = Presence.OFFLINE
    connection_id: str | None = None
    replica_id: str | None = None
    idle_since_ms: int = 0
    unanswered: int = 0
    unreachable_since_ms: int = 0
    take_back_ms: int | None = None

    @property
    def is_present(self) -> bool:
        """Whether work may be offered, room permitting."""
        return self.connection_id is not None and self.presence is Presence.AVAILABLE


@dataclass(slots=True, kw_only=True)
class Replica:
    """A notifier replica that holds agents' connections, as last heard of."""

    replica_id: str
    seen_ms: int


@dataclass(slots=True, kw_only=True)
class RememberedIds:
    """The ids of events decided at one stretch of offsets, kept so that a repeat is recognised."""

    stretch: int
    newest_ms: int = 0
    event_ids: list[str] = field(default_factory=list)


Entity = Desk | ContactPoint | Conversation | WorkItem | Agent | Replica | RememberedIds
