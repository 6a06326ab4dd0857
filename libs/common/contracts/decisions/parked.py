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
