"""Where a work item stands, and how it comes to its end."""

from dataclasses import field
from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision
from libs.common.contracts.terms import QueueingReason, Role, Trouble


@decision
class WorkItemQueued(Decision):
    """An item stands in a line (again). `virtual_time_ms` is when its wait began, minus credit.

    `plan_id` names the steps of relaxation that it goes through; `also_queues` are queues whose
    agents are asked as well, since its own overflows.
    """

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
    prefers: dict[str, int] = field(default_factory=dict)
    plan_id: str = ""
    also_queues: tuple[str, ...] = ()


@decision
class WorkItemRelaxed(Decision):
    """A step of its plan applies to an item: what it needs and who is asked, as a whole.

    `step` counts the plan's steps that have applied. The fields are what holds from now on.
    """

    type: Literal["work_item_relaxed"] = "work_item_relaxed"
    work_item_id: str
    conversation_id: str
    step: int
    queue_id: str
    requires: dict[str, int]
    prefers: dict[str, int]
    also_queues: tuple[str, ...]
    also_groups: tuple[str, ...]
    is_for_anyone: bool
    strict_class: int
    virtual_time_ms: int
    waited_ms: int


@decision
class WorkItemPromoted(Decision):
    """An item waited so long that it joins the next class, then counts as best rank (R7)."""

    type: Literal["work_item_promoted"] = "work_item_promoted"
    work_item_id: str
    conversation_id: str
    strict_class: int
    has_best_rank: bool


@decision
class WorkItemPassedOver(Decision):
    """A heavy item waited so long that agents within reach are kept for it (R6)."""

    type: Literal["work_item_passed_over"] = "work_item_passed_over"
    work_item_id: str
    conversation_id: str
    waited_ms: int


@decision
class RefusalsForgotten(Decision):
    """These agents, who refused the item, may be offered it again."""

    type: Literal["refusals_forgotten"] = "refusals_forgotten"
    work_item_id: str
    agent_ids: tuple[str, ...]


@decision
class WorkItemParked(Decision):
    """The owner waits for the customer; the item costs the desk's `parked_weight` meanwhile."""

    type: Literal["work_item_parked"] = "work_item_parked"
    work_item_id: str
    conversation_id: str
    agent_id: str
    held_weight: int


@decision
class WorkItemHeld(Decision):
    """The customer came back and the owner has no room: kept for the owner until then."""

    type: Literal["work_item_held"] = "work_item_held"
    work_item_id: str
    conversation_id: str
    agent_id: str
    until_ms: int
    virtual_time_ms: int


@decision
class WorkItemResumed(Decision):
    """The customer came back and the owner goes on."""

    type: Literal["work_item_resumed"] = "work_item_resumed"
    work_item_id: str
    conversation_id: str
    agent_id: str
    virtual_time_ms: int


@decision
class WorkItemWrappingUp(Decision):
    """The conversation is over; the agent finishes the work by `until_ms` at the latest."""

    type: Literal["work_item_wrapping_up"] = "work_item_wrapping_up"
    work_item_id: str
    conversation_id: str
    agent_id: str
    until_ms: int


@decision
class WorkItemCompleted(Decision):
    """Nothing is left to do; all units are free again. `is_reopened`: the conversation goes on with
    another work item.
    """

    type: Literal["work_item_completed"] = "work_item_completed"
    work_item_id: str
    conversation_id: str
    agent_id: str
    code: str | None = None
    is_reopened: bool = False


@decision
class WorkItemCanceled(Decision):
    """Nothing is left to do: the customer left before anybody had the item. Or (`cause` merged) it
    is part of another conversation's work now; `agent_id` had it until then.
    """

    type: Literal["work_item_canceled"] = "work_item_canceled"
    work_item_id: str
    conversation_id: str
    queue_id: str
    cause: str
    waited_ms: int
    agent_id: str | None = None


@decision
class EscalationFired(Decision):
    """An item has waited longer than its queue promises; these roles are told.

    Or, with a `policy_id`, a level of an escalation policy has fired, once for each (item,
    `terms_id`, level, repeat) in the trouble that began at `since_ms`; it fires again at
    `again_ms`. Whom that is told to stands in the record's `EscalationAlerted`.
    """

    type: Literal["escalation_fired"] = "escalation_fired"
    work_item_id: str
    conversation_id: str
    queue_id: str
    level: int
    due_ms: int
    waited_ms: int
    notify_roles: tuple[Role, ...]
    policy_id: str = ""
    terms_id: str = ""
    trouble: Trouble = Trouble.WAITING
    repeat: int = 0
    since_ms: int | None = None
    again_ms: int | None = None
