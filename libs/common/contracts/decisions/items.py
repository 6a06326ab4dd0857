"""Where a work item stands, who is asked, and who has it."""

from dataclasses import dataclass
from typing import Literal

from libs.common.contracts.decisions.base import Decision
from libs.common.contracts.terms import QueueingReason, ReservationOutcome, Role


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
