"""Contact points that open no work for a while; what they write is kept all the same."""

from typing import Literal

from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.decisions.base import Decision, decision


@decision
class ContactPointBlocked(Decision):
    """What this contact point writes opens no work until `until_ms`, or until it is unblocked."""

    type: Literal["contact_point_blocked"] = "contact_point_blocked"
    contact_point_id: str
    customer_id: str
    conversation_id: str
    agent_id: str
    until_ms: int | None = None


@decision
class ContactPointUnblocked(Decision):
    """It opens work again: its time is over, or `agent_id` said so."""

    type: Literal["contact_point_unblocked"] = "contact_point_unblocked"
    contact_point_id: str
    customer_id: str
    cause: Literal["expired", "unblocked"]
    agent_id: str | None = None


@decision
class BlockedMessageFiled(Decision):
    """A blocked contact point wrote: it stands in the timeline, in no conversation."""

    type: Literal["blocked_message_filed"] = "blocked_message_filed"
    message_id: str
    customer_id: str
    contact_point_id: str
    reply_to: ReplyAddress
    content: Content
    sender_name: str | None = None
