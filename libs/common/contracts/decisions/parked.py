"""What becomes of work that waits for a time."""

from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision


@decision
class WorkItemSnoozed(Decision):
    """The owner put the work aside until `until_ms`, or until the customer writes."""

    type: Literal["work_item_snoozed"] = "work_item_snoozed"
    work_item_id: str
    conversation_id: str
    agent_id: str
    held_weight: int
    until_ms: int


@decision
class WorkItemWoken(Decision):
    """The time until which the work was put aside, `due_ms`, has come; where it goes follows."""

    type: Literal["work_item_woken"] = "work_item_woken"
    work_item_id: str
    conversation_id: str
    agent_id: str
    due_ms: int


@decision
class InactivityReminded(Decision):
    """The customer has said nothing since `silent_since_ms` and is reminded, in the same record
    where `is_told`. Where nothing changes, the conversation is closed at `close_due_ms`.
    """

    type: Literal["inactivity_reminded"] = "inactivity_reminded"
    work_item_id: str
    conversation_id: str
    agent_id: str
    silent_since_ms: int
    due_ms: int
    is_told: bool
    close_due_ms: int | None = None


@decision
class InactivityClosed(Decision):
    """The customer said nothing after the reminder either: the conversation is closed in the same
    record, and the customer told where `is_told`.
    """

    type: Literal["inactivity_closed"] = "inactivity_closed"
    work_item_id: str
    conversation_id: str
    agent_id: str
    silent_since_ms: int
    due_ms: int
    is_told: bool
