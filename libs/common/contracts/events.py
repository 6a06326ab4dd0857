"""The facts that enter: everything the router hears, and what belongs in the timeline alone.

Each class is the `data` of one CloudEvents type (`EVENT_TYPES`). Additive changes only: a version
that would break a reader is a new class with a new type.
"""

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Address, Content, Labels, ReplyAddress
from libs.common.contracts.event_data import EventData as EventData  # noqa: PLC0414
from libs.common.contracts.terms import (
    AddressFamily,
    ContactPointKey,
    DeliveryOutcome,
    EntrySequence,
    Identifier,
    Name,
    ParticipantKind,
    Presence,
    ShortText,
    Text,
)
from libs.common.contracts.thread_events import MergeRequested as MergeRequested  # noqa: PLC0414
from libs.common.contracts.thread_events import SplitRequested as SplitRequested  # noqa: PLC0414
from libs.common.contracts.thread_events import ThreadEvent
from libs.common.contracts.timed_events import (
    FollowUpCancelRequested as FollowUpCancelRequested,  # noqa: PLC0414
)
from libs.common.contracts.timed_events import (
    FollowUpRequested as FollowUpRequested,  # noqa: PLC0414
)
from libs.common.contracts.timed_events import ParkRequested as ParkRequested  # noqa: PLC0414
from libs.common.contracts.timed_events import SnoozeRequested as SnoozeRequested  # noqa: PLC0414


class MessageReceived(EventData):
    """A customer said something. `received_at` of the envelope is when the provider told us."""

    type = "switchboard.event.message-received.v1"

    reply_to: ReplyAddress
    provider_message_id: Identifier
    content: Content
    sender_name: ShortText | None = None
    language: Name | None = None
    labels: Labels = Field(default_factory=dict)


class AgentConnected(EventData):
    """An agent's stream opened on a notifier replica; it replaces the agent's earlier one."""

    type = "switchboard.event.agent-connected.v1"

    agent_id: Name
    connection_id: Identifier
    replica_id: Name


class AgentDisconnected(EventData):
    """That stream ended. Ignored when a newer connection of the agent exists."""

    type = "switchboard.event.agent-disconnected.v1"

    agent_id: Name
    connection_id: Identifier


class NotifierAlive(EventData):
    """A notifier replica lives, and so do its connections. One per partition, every 5 s."""

    type = "switchboard.event.notifier-alive.v1"

    replica_id: Name


class AgentPresenceSet(EventData):
    """An agent said whether to be offered work."""

    type = "switchboard.event.agent-presence-set.v1"

    agent_id: Name
    presence: Presence


class ReservationAccepted(EventData):
    """An agent took the offered work."""

    type = "switchboard.event.reservation-accepted.v1"

    agent_id: Name
    reservation_id: Identifier


class ReservationRejected(EventData):
    """An agent declined the offered work."""

    type = "switchboard.event.reservation-rejected.v1"

    agent_id: Name
    reservation_id: Identifier


class ReplySent(EventData):
    """An agent answered. A request until the router has filed it: only the owner may answer."""

    type = "switchboard.event.reply-sent.v1"

    agent_id: Name
    conversation_id: Identifier
    text: Text


class TransferRequested(EventData):
    """The owner wants the conversation in another queue or with another agent, exactly one of the
    two; the note is for the next agent.
    """

    type = "switchboard.event.transfer-requested.v1"

    agent_id: Name
    conversation_id: Identifier
    queue_id: Name | None = None
    to_agent_id: Name | None = None
    note: ShortText = ""

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        if (self.queue_id is None) == (self.to_agent_id is None):
            raise ValueError("name a queue_id or a to_agent_id, not both")
        return self


class CloseRequested(EventData):
    """The owner ended the conversation: in any case, or only if nothing stands after
    `after_sequence`, the last place that they have seen.
    """

    type = "switchboard.event.close-requested.v1"

    agent_id: Name
    conversation_id: Identifier
    after_sequence: EntrySequence | None = None


class ContactEnded(EventData):
    """The customer hung up or left: nobody is to be found any more, and offers are void."""

    type = "switchboard.event.contact-ended.v1"

    contact_point_id: ContactPointKey
    cause: Name = "hung_up"


class ParticipantInvited(EventData):
    """The owner wants somebody beside; a supervisor may join as a monitor of their own accord."""

    type = "switchboard.event.participant-invited.v1"

    agent_id: Name
    conversation_id: Identifier
    participant_id: Name
    kind: ParticipantKind


class ParticipantLeft(EventData):
    """A consultant, conferee or monitor left the conversation."""

    type = "switchboard.event.participant-left.v1"

    agent_id: Name
    conversation_id: Identifier


class OwnerLeft(EventData):
    """The owner leaves: the named successor, who takes part already, goes on, or the queue does."""

    type = "switchboard.event.owner-left.v1"

    agent_id: Name
    conversation_id: Identifier
    successor_id: Name | None = None


class EscalationAcknowledged(EventData):
    """A supervisor knows of the trouble of this conversation and sees to it."""

    type = "switchboard.event.escalation-acknowledged.v1"

    agent_id: Name
    conversation_id: Identifier


class WrapUpFinished(EventData):
    """The agent finished the work after the conversation, with its outcome code."""

    type = "switchboard.event.wrap-up-finished.v1"

    agent_id: Name
    work_item_id: Identifier
    code: Name | None = None


class ContactPointsLinked(EventData):
    """Two contact points are the same customer."""

    type = "switchboard.event.contact-points-linked.v1"

    contact_point_ids: tuple[ContactPointKey, ContactPointKey]


class ContactPointsUnlinked(EventData):
    """That link was wrong; everything is as if it had never been."""

    type = "switchboard.event.contact-points-unlinked.v1"

    contact_point_ids: tuple[ContactPointKey, ContactPointKey]


class DeskConfigured(EventData):
    """An administrator's new configuration for the whole desk."""

    type = "switchboard.event.desk-configured.v1"

    configuration: DeskConfiguration


class DeliveryReported(EventData):
    """What became of one attempt to bring a reply to the customer."""

    type = "switchboard.event.delivery-reported.v1"

    conversation_id: Identifier
    reply_id: Identifier
    outcome: DeliveryOutcome
    attempt: Annotated[int, Field(ge=1, le=100)]
    provider_message_id: Annotated[str, Field(max_length=256)] | None = None
    detail: ShortText = ""


class ClockTicked(EventData):
    """The engine's next deadline has passed. Carries no time: the broker's append time counts."""

    type = "switchboard.event.clock-ticked.v1"

    owner: Identifier


class CustomerEventRecorded(EventData):
    """Something a customer did that routing need not know: an order, a visit, a payment."""

    type = "switchboard.customer.event-recorded.v1"

    kind: Name
    family: AddressFamily
    address: Address
    contact_point_id: ContactPointKey
    summary: ShortText
    attributes: Annotated[dict[Name, JsonValue], Field(max_length=32)] = Field(default_factory=dict)


RoutingEvent = (
    MessageReceived
    | AgentConnected
    | AgentDisconnected
    | NotifierAlive
    | AgentPresenceSet
    | ReservationAccepted
    | ReservationRejected
    | ReplySent
    | TransferRequested
    | ParkRequested
    | SnoozeRequested
    | FollowUpRequested
    | FollowUpCancelRequested
    | CloseRequested
    | ThreadEvent
    | WrapUpFinished
    | ContactEnded
    | EscalationAcknowledged
    | ParticipantInvited
    | ParticipantLeft
    | OwnerLeft
    | ContactPointsLinked
    | ContactPointsUnlinked
    | DeskConfigured
    | DeliveryReported
    | ClockTicked
)
ROUTING_EVENT_TYPES: dict[str, type[EventData]] = {
    data.type: data for data in RoutingEvent.__args__
}
EVENT_TYPES: dict[str, type[EventData]] = {
    **ROUTING_EVENT_TYPES,
    CustomerEventRecorded.type: CustomerEventRecorded,
}
# Ticks and liveness belong to a partition, not to a desk.
PARTITION_EVENT_TYPES = frozenset({ClockTicked.type, NotifierAlive.type})
