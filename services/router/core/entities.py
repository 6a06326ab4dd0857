"""What the engine remembers between events: plain mutable records that only `evolve` changes.

Each entity is saved as one document under its key; nothing that can be derived is stored. All
times are engine time in milliseconds.
"""

from dataclasses import dataclass, field

from libs.common.contracts.configuration import DeskConfiguration, Step
from libs.common.contracts.content import ReplyAddress
from libs.common.contracts.decisions import Why
from libs.common.contracts.terms import (
    HoldKind,
    ParticipantKind,
    Presence,
    ReservationOutcome,
    ShiftPhase,
    WorkItemState,
)
from services.router.core.aftercare import ClosedConversation, FollowUp
from services.router.core.alert_windows import AlertWindow
from services.router.core.promises import DeskPromises, Escalation, SlaInstance

DeskKey = tuple[str, str]
Plan = tuple[Step, ...]


@dataclass(slots=True, kw_only=True)
class Desk:
    """A configured desk. `rematch_due_ms` is set while a new configuration is being carried out.

    `plans` are the steps of relaxation by plan id, older ones while items go through them (R24);
    `plan_of` is the plan that a queue gives to what arrives.
    """

    tenant_id: str
    desk_id: str
    version: int
    configuration: DeskConfiguration
    rematch_due_ms: int | None = None
    plans: dict[str, Plan] = field(default_factory=dict)
    plan_of: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> DeskKey:
        """The desk among all desks of the partition."""
        return (self.tenant_id, self.desk_id)


@dataclass(slots=True, kw_only=True)
class QueuePace:
    """How a queue is doing: what readers were told last, and what its next turn depends on.

    `served` are (number of a 30 s stretch of time, assignments in it), oldest first.
    `ring_agent_id` had the last turn in a round robin. `is_stale`: the line changed since measured.
    `is_closed` by its calendar, which is looked at again at `hours_due_ms`.
    `measured_places` are those that readers were told (place, strict class, virtual time).
    """

    tenant_id: str
    desk_id: str
    queue_id: str
    served: list[tuple[int, int]] = field(default_factory=list)
    ring_agent_id: str = ""
    is_overflowing: bool = False
    measured_ms: int = 0
    measured_waiting: int = 0
    measured_places: list[tuple[int, int, int]] = field(default_factory=list)
    is_stale: bool = False
    is_closed: bool = False
    hours_due_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class ContactPoint:
    """One address of a customer on this desk, its open conversation, its links, its last agent.

    `is_blocked`: what it writes opens no work, until `unblock_due_ms` if that is set.
    `closed_id` is the conversation that its next message may reopen.
    `also_open` are those that were split off, in the order in which they take its place.
    """

    tenant_id: str
    desk_id: str
    contact_point_id: str
    conversation_id: str | None = None
    linked_ids: list[str] = field(default_factory=list)
    also_open: list[str] = field(default_factory=list)
    last_agent_id: str | None = None
    forget_due_ms: int | None = None
    closed_id: str | None = None
    is_blocked: bool = False
    unblock_due_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class Conversation:
    """An open thread. `sequence` is the last place given; `reply_to` where an answer goes.

    `language` is the customer's, as far as a channel told it. `merged_points` are the contact
    points of conversations that were merged into this one.
    """

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
    language: str | None = None
    opened_ms: int = 0
    merged_points: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class WorkItem:
    """A unit of routable effort.

    `waiting_since_ms` is when the present wait began, `virtual_time_ms` the same minus credit.
    Whom it is for: the agents of `queue_id`, `also_queues` and `also_groups` (or anyone) who have
    what it `requires`; `first_requires` is that before any step. `step` counts the steps of its
    plan, begun at `plan_begun_ms`, that have applied.

    `offered` are the pending reservations (agent, reservation), `agent_id` owns it and holds
    `held_units`; `whys` say why those agents, so that a saved state can tell (R28).
    `hold_agent_id` is whom a queued item is kept for; `capacity_agent_id` is kept for it, which a
    heavy item may ask once it is passed over. `refusals` are (agent, excluded until), oldest first.
    `until_ms` ends the reservation, hold, snooze or wrap-up. `notices` of their place were sent to
    the customer in this wait, the last at `noticed_ms`. While the customer is waited for,
    `silence_due_ms` is when they are reminded, or, once that `is_reminded`, the end.
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
    prefers: dict[str, int] = field(default_factory=dict)
    first_requires: dict[str, int] = field(default_factory=dict)
    also_queues: tuple[str, ...] = ()
    also_groups: tuple[str, ...] = ()
    is_for_anyone: bool = False
    is_promoted: bool = False
    promoted_by: int = 0
    has_best_rank: bool = False
    plan_id: str = ""
    plan_begun_ms: int = 0
    step: int = 0
    agent_id: str | None = None
    held_units: int = 0
    offers: int = 0
    offered: list[tuple[str, str]] = field(default_factory=list)
    whys: dict[str, Why] = field(default_factory=dict)
    ended_offers: list[tuple[str, ReservationOutcome]] = field(default_factory=list)
    hold_agent_id: str | None = None
    hold_kind: HoldKind | None = None
    capacity_agent_id: str | None = None
    is_passed_over: bool = False
    participants: dict[str, tuple[ParticipantKind, int]] = field(default_factory=dict)
    until_ms: int | None = None
    step_due_ms: int | None = None
    promotion_due_ms: int | None = None
    patience_due_ms: int | None = None
    escalation_due_ms: int | None = None
    escalated_queues: list[str] = field(default_factory=list)
    answer_due_ms: int | None = None
    refusals: list[tuple[str, int]] = field(default_factory=list)
    replied_ms: int = 0
    silent_since_ms: int = 0
    silence_due_ms: int | None = None
    is_reminded: bool = False
    notices: int = 0
    noticed_ms: int = 0
    notice_due_ms: int | None = None

    def excludes(self, agent_id: str) -> bool:
        """Whether the agent refused this item and is not to be asked again yet."""
        return bool(self.refusals) and any(refused == agent_id for refused, _ in self.refusals)


@dataclass(slots=True, kw_only=True)
class Agent:
    """A person at work. Present means connected, available and on shift.

    `credits` are balances by queue where the agent's queues have weights (R8); `kept_for` is the
    heavy item that this agent is kept for (R6).
    """

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
    credits: dict[str, int] = field(default_factory=dict)
    kept_for: str | None = None
    shift: ShiftPhase = ShiftPhase.ON
    shift_due_ms: int | None = None

    @property
    def is_present(self) -> bool:
        """Whether work may be offered, room permitting."""
        return (
            self.connection_id is not None
            and self.presence is Presence.AVAILABLE
            and self.shift is ShiftPhase.ON
        )


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


Entity = (
    Desk
    | QueuePace
    | ContactPoint
    | Conversation
    | WorkItem
    | Agent
    | Replica
    | RememberedIds
    | DeskPromises
    | SlaInstance
    | Escalation
    | AlertWindow
    | ClosedConversation
    | FollowUp
)
