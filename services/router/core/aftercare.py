"""What the engine remembers of a conversation beyond its work items: that it may be reopened,
that its customer was promised something.

Plain mutable records like those of `entities`, changed by `evolve_aftercare` alone.
"""

from dataclasses import dataclass

from libs.common.contracts.content import ReplyAddress


@dataclass(slots=True, kw_only=True)
class ClosedConversation:
    """A thread that is over and may go on until `until_ms`, after its last place `sequence` (R23).

    Known to its contact point until another thread of the same point is over.
    """

    tenant_id: str
    desk_id: str
    conversation_id: str
    contact_point_id: str
    sequence: int
    closed_ms: int
    until_ms: int
    opened_ms: int = 0
    channel: str = ""
    reply_to: ReplyAddress | None = None
    language: str | None = None


@dataclass(slots=True, kw_only=True)
class FollowUp:
    """What was promised to the customer of a conversation for `due_ms`, open or not by then.

    `agent_id` promised it, `queue_id` takes the work if that agent is not there.
    """

    tenant_id: str
    desk_id: str
    conversation_id: str
    agent_id: str
    queue_id: str
    due_ms: int
    zone: str = ""
    note: str = ""
