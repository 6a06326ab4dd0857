"""What was promised to a customer for a later time."""

from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision


@decision
class FollowUpScheduled(Decision):
    """The customer of this conversation hears from us at `due_ms`, if possible from this agent.
    One that was promised before is put off by it.
    """

    type: Literal["follow_up_scheduled"] = "follow_up_scheduled"
    conversation_id: str
    agent_id: str
    queue_id: str
    due_ms: int
    zone: str = ""
    note: str = ""
    is_put_off: bool = False


@decision
class FollowUpCanceled(Decision):
    """Nothing is promised any more."""

    type: Literal["follow_up_canceled"] = "follow_up_canceled"
    conversation_id: str
    agent_id: str


@decision
class FollowUpDue(Decision):
    """It is time, once: what follows for the work stands after it."""

    type: Literal["follow_up_due"] = "follow_up_due"
    conversation_id: str
    agent_id: str
    due_ms: int
    zone: str = ""
    note: str = ""
