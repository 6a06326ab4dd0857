"""The glossary's words as types: identifiers, states and reasons used by every contract."""

from enum import StrEnum
from typing import Annotated, NewType

from pydantic import Field, StringConstraints

TenantId = NewType("TenantId", str)
DeskId = NewType("DeskId", str)
EventId = NewType("EventId", str)
ConversationId = NewType("ConversationId", str)
WorkItemId = NewType("WorkItemId", str)
ReservationId = NewType("ReservationId", str)
AgentId = NewType("AgentId", str)
QueueId = NewType("QueueId", str)
SkillId = NewType("SkillId", str)
ContactPointId = NewType("ContactPointId", str)
CustomerId = NewType("CustomerId", str)
EndpointId = NewType("EndpointId", str)
ChannelName = NewType("ChannelName", str)
ReplicaId = NewType("ReplicaId", str)

# Names that people choose (desks, queues, agents ...): safe in URLs, logs, labels and keys.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
# Identifiers that arrive from outside or that we derived: printable, no spaces, bounded.
Identifier = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
# Derived from tenant, address family and address (`identifiers.contact_point_id_of`).
ContactPointKey = Annotated[str, StringConstraints(pattern=r"^ctp_[0-9a-f]{20}$")]
# What a customer or an agent wrote. Longer texts are cut by the channel and marked as cut.
TEXT_LENGTH_MAX = 16_000
Text = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH_MAX)]
# A place in a conversation's transcript: they count from 1 without gaps. 0: nothing yet.
EntrySequence = Annotated[int, Field(strict=True, ge=0, le=2**53)]
ShortText = Annotated[str, StringConstraints(max_length=500)]


class AddressFamily(StrEnum):
    """Addresses of one family name the same person whichever channel carried them."""

    TELEGRAM = "telegram"
    EMAIL = "email"
    WEB = "web"
    PHONE = "phone"
    EXTERNAL = "external"


class Presence(StrEnum):
    """Whether an agent may be offered work."""

    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


class WorkItemState(StrEnum):
    """The states of a unit of routable effort; the router's `lifecycle` has the moves."""

    QUEUED = "queued"
    RESERVED = "reserved"
    ASSIGNED = "assigned"
    PARKED = "parked"
    HELD = "held"
    WRAPPING_UP = "wrapping_up"
    COMPLETED = "completed"
    CANCELED = "canceled"


class ReservationOutcome(StrEnum):
    """How a pending reservation ended without becoming an assignment."""

    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    CANCELED = "canceled"


class QueueingReason(StrEnum):
    """Why a work item stands in a queue (again)."""

    ARRIVED = "arrived"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    CANCELED = "canceled"
    TRANSFERRED = "transferred"
    TAKEN_BACK = "taken_back"
    HOLD_ENDED = "hold_ended"
    MIGRATED = "migrated"
    OWNER_LEFT = "owner_left"
    UNANSWERED = "unanswered"
    SHIFT_ENDED = "shift_ended"
    ESCALATED = "escalated"
    MERGED = "merged"
    SPLIT = "split"


class ShiftPhase(StrEnum):
    """Where an agent's shift stands: `ending` means nothing new, `break` a gap between hours of the
    same day. Who has no shift is always on.
    """

    ON = "on"
    ENDING = "ending"
    BREAK = "break"
    OFF = "off"


class OfferMode(StrEnum):
    """How a queue hands out work: `ring` asks one agent, `broadcast` several, `direct` assigns."""

    RING = "ring"
    DIRECT = "direct"
    BROADCAST = "broadcast"


class AgentPolicy(StrEnum):
    """The order in which a queue asks the agents who could take an item."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"
    MOST_PROFICIENT = "most_proficient"
    ROUND_ROBIN = "round_robin"


class HoldKind(StrEnum):
    """Why an agent or an item is kept for the other."""

    LAST_AGENT = "last_agent"
    TRANSFER = "transfer"
    CAPACITY = "capacity"


class ParticipantKind(StrEnum):
    """What somebody beside the owner does in a conversation; a monitor holds no capacity."""

    CONSULTANT = "consultant"
    CONFEREE = "conferee"
    MONITOR = "monitor"


class SlaTarget(StrEnum):
    """What is promised to a customer, each on its own clock."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class Trouble(StrEnum):
    """Why people are told of a conversation: it waits, or a promise is at risk or broken."""

    WAITING = "waiting"
    AT_RISK = "at_risk"
    BREACHED = "breached"


class DeliveryOutcome(StrEnum):
    """What became of one attempt to bring an agent's reply to the customer."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


class Role(StrEnum):
    """What a credential may do inside its tenant."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    INTEGRATOR = "integrator"
    CUSTOMER = "customer"


class RefusalReason(StrEnum):
    """Why the router refused an event: the answer to its sender, and part of the audit."""

    UNDECODABLE = "undecodable"
    UNPROCESSABLE = "unprocessable"
    TOO_OLD = "too_old"
    FROM_THE_FUTURE = "from_the_future"
    DESK_NOT_CONFIGURED = "desk_not_configured"
    LIMIT_REACHED = "limit_reached"
    RECORD_TOO_LARGE = "record_too_large"
    CONFIGURATION_CONTRADICTORY = "configuration_contradictory"
    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_QUEUE = "unknown_queue"
    UNKNOWN_CONVERSATION = "unknown_conversation"
    UNKNOWN_WORK_ITEM = "unknown_work_item"
    UNKNOWN_LINK = "unknown_link"
    UNKNOWN_WRAP_UP_CODE = "unknown_wrap_up_code"
    UNKNOWN_PARTICIPANT = "unknown_participant"
    NO_CAPACITY = "no_capacity"
    AGENT_ABSENT = "agent_absent"
    NOT_THE_OWNER = "not_the_owner"
    CONVERSATION_WENT_ON = "conversation_went_on"
    DIFFERENT_CUSTOMERS = "different_customers"
    NOT_BLOCKED = "not_blocked"
    RESERVATION_ENDED = "reservation_ended"
    STALE_CONNECTION = "stale_connection"
    DUE_IN_THE_PAST = "due_in_the_past"
    DUE_TOO_FAR = "due_too_far"
    UNKNOWN_FOLLOW_UP = "unknown_follow_up"
    ILLEGAL_TRANSITION = "illegal_transition"


# Refusals that leave something undelivered which a person may want to replay. The others are
# answers to a sender who was late or wrong, and nothing is lost by them.
DEAD_LETTER_REASONS = frozenset(
    {
        RefusalReason.UNDECODABLE,
        RefusalReason.UNPROCESSABLE,
        RefusalReason.TOO_OLD,
        RefusalReason.FROM_THE_FUTURE,
        RefusalReason.DESK_NOT_CONFIGURED,
        RefusalReason.LIMIT_REACHED,
        RefusalReason.RECORD_TOO_LARGE,
    }
)
