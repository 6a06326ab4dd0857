"""The facts that leave: everything the router concludes, and nothing else changes its state.

A decision names its own tenant and desk, because a tick's record may concern several. Frozen
dataclasses, since the engine makes many of them; pydantic validates what is read back. Every
decision carries what its readers need to act, contents included: they keep no state of the
router. A decision's id is `identifiers.decision_id(event id, its place)`. The meaning of a type
never changes.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import (
    DeliveryOutcome,
    Presence,
    QueueingReason,
    RefusalReason,
    ReservationOutcome,
    Role,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What all decisions share; the tenant is empty only where no desk is concerned."""

    tenant_id: str
    desk_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationApplied(Decision):
    """The desk works by this configuration from now on; versions count from 1."""

    type: Literal["configuration_applied"] = "configuration_applied"
    version: int
    configuration: DeskConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class RematchEnded(Decision):
    """All waiting items were looked at under the new configuration."""

    type: Literal["rematch_ended"] = "rematch_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAdded(Decision):
    """Two contact points count as one customer."""

    type: Literal["link_added"] = "link_added"
    contact_point_ids: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRemoved(Decision):
    """They no longer do."""

    type: Literal["link_removed"] = "link_removed"
    contact_point_ids: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened(Decision):
    """A thread with one customer began at this contact point."""

    type: Literal["conversation_opened"] = "conversation_opened"
    conversation_id: str
    customer_id: str
    contact_point_id: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFiled(Decision):
    """A customer's message has its place: sequences of a conversation count from 1 without gaps."""

    type: Literal["message_filed"] = "message_filed"
    conversation_id: str
    sequence: int
    message_id: str
    customer_id: str
    reply_to: ReplyAddress
    content: Content
    sender_name: str | None = None
    owner_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemQueued(Decision):
    """An item stands in a line (again). `virtual_time_ms` is when its wait began, minus credit."""

    type: Literal["work_item_queued"] = "work_item_queued"
    work_item_id: str
    conversation_id: str
    queue_id: str
    requires: dict[str, int]
    channel: str
    weight: int
    strict_class: int
    virtual_time_ms: int
    sequence: int
    reason: QueueingReason
    rule_id: str
    configuration_version: int
    note: str = ""
    by_agent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerUp:
    """An agent who could have had the item and came later in the policy's order."""

    agent_id: str
    idle_since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why this agent: the policy, what it compared, and who was passed over for what reason.

    `passed_over` counts agents of the queue by the first reason that held.
    """

    policy: str
    configuration_version: int
    idle_since_ms: int
    waited_ms: int
    runners_up: tuple[RunnerUp, ...] = ()
    passed_over: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationOpened(Decision):
    """An agent's capacity is held while the agent decides, until `expires_at_ms`."""

    type: Literal["reservation_opened"] = "reservation_opened"
    reservation_id: str
    work_item_id: str
    conversation_id: str
    queue_id: str
    agent_id: str
    channel: str
    weight: int
    expires_at_ms: int
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationEnded(Decision):
    """A pending reservation ended without an assignment; its units are free again."""

    type: Literal["reservation_ended"] = "reservation_ended"
    reservation_id: str
    work_item_id: str
    conversation_id: str
    agent_id: str
    outcome: ReservationOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemAssigned(Decision):
    """A reservation was accepted: the conversation has this one owner."""

    type: Literal["work_item_assigned"] = "work_item_assigned"
    reservation_id: str
    work_item_id: str
    conversation_id: str
    queue_id: str
    agent_id: str
    waited_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalsForgotten(Decision):
    """These agents, who refused the item, may be offered it again."""

    type: Literal["refusals_forgotten"] = "refusals_forgotten"
    work_item_id: str
    agent_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFiled(Decision):
    """The owner's answer has its place and is to be delivered to `reply_to`."""

    type: Literal["reply_filed"] = "reply_filed"
    conversation_id: str
    sequence: int
    reply_id: str
    agent_id: str
    customer_id: str
    reply_to: ReplyAddress
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFiled(Decision):
    """What became of an attempt to deliver a reply; `agent_id` owns the conversation now."""

    type: Literal["delivery_filed"] = "delivery_filed"
    conversation_id: str
    reply_id: str
    outcome: DeliveryOutcome
    attempt: int
    provider_message_id: str | None = None
    detail: str = ""
    agent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemParked(Decision):
    """The owner waits for the customer; the item costs the desk's `parked_weight` meanwhile."""

    type: Literal["work_item_parked"] = "work_item_parked"
    work_item_id: str
    conversation_id: str
    agent_id: str
    held_weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemHeld(Decision):
    """The customer came back and the owner has no room: kept for the owner until then."""

    type: Literal["work_item_held"] = "work_item_held"
    work_item_id: str
    conversation_id: str
    agent_id: str
    until_ms: int
    virtual_time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemResumed(Decision):
    """The customer came back and the owner goes on."""

    type: Literal["work_item_resumed"] = "work_item_resumed"
    work_item_id: str
    conversation_id: str
    agent_id: str
    virtual_time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemWrappingUp(Decision):
    """The conversation is over; the agent finishes the work by `until_ms` at the latest."""

    type: Literal["work_item_wrapping_up"] = "work_item_wrapping_up"
    work_item_id: str
    conversation_id: str
    agent_id: str
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemCompleted(Decision):
    """Nothing is left to do; all units are free again."""

    type: Literal["work_item_completed"] = "work_item_completed"
    work_item_id: str
    conversation_id: str
    agent_id: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed(Decision):
    """The thread is over; a later message opens another."""

    type: Literal["conversation_closed"] = "conversation_closed"
    conversation_id: str
    customer_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationFired(Decision):
    """An item has waited longer than its queue promises; these roles are told."""

    type: Literal["escalation_fired"] = "escalation_fired"
    work_item_id: str
    conversation_id: str
    queue_id: str
    level: int
    due_ms: int
    waited_ms: int
    notify_roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPresenceChanged(Decision):
    """An agent chose (or was set to) this presence; `cause` is `agent` or `ring_no_answer`."""

    type: Literal["agent_presence_changed"] = "agent_presence_changed"
    agent_id: str
    presence: Presence
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConnectionChanged(Decision):
    """An agent's stream opened on a replica, or (with no connection) the agent is unreachable."""

    type: Literal["agent_connection_changed"] = "agent_connection_changed"
    agent_id: str
    connection_id: str | None
    replica_id: str | None
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackEnded(Decision):
    """What an unreachable agent owned without answering was taken back."""

    type: Literal["take_back_ended"] = "take_back_ended"
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaSeen(Decision):
    """A notifier replica is alive."""

    type: Literal["replica_seen"] = "replica_seen"
    replica_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaLost(Decision):
    """A notifier replica was silent too long and all its agents count as disconnected."""

    type: Literal["replica_lost"] = "replica_lost"
    replica_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRefused(Decision):
    """The event changes nothing. `subject_id` names the reservation, conversation or item it was
    about and `agent_id` who sent it, so that the sender can be told.
    """

    type: Literal["event_refused"] = "event_refused"
    reason: RefusalReason
    event_type: str
    agent_id: str | None = None
    subject_id: str | None = None
    detail: str = ""


AnyDecision = (
    ConfigurationApplied
    | RematchEnded
    | LinkAdded
    | LinkRemoved
    | ConversationOpened
    | MessageFiled
    | WorkItemQueued
    | ReservationOpened
    | ReservationEnded
    | WorkItemAssigned
    | RefusalsForgotten
    | ReplyFiled
    | DeliveryFiled
    | WorkItemParked
    | WorkItemHeld
    | WorkItemResumed
    | WorkItemWrappingUp
    | WorkItemCompleted
    | ConversationClosed
    | EscalationFired
    | AgentPresenceChanged
    | AgentConnectionChanged
    | TakeBackEnded
    | ReplicaSeen
    | ReplicaLost
    | EventRefused
)
TaggedDecision = Annotated[AnyDecision, Field(discriminator="type")]
DECISION_TYPES: dict[str, type[Decision]] = {
    decision.__dataclass_fields__["type"].default: decision for decision in AnyDecision.__args__
}
