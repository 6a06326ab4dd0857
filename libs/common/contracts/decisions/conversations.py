"""How threads with customers open, go on and end."""

from typing import Literal

from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.decisions.base import Decision, decision
from libs.common.contracts.terms import DeliveryOutcome


@decision
class ConversationOpened(Decision):
    """A thread with one customer began at this contact point."""

    type: Literal["conversation_opened"] = "conversation_opened"
    conversation_id: str
    customer_id: str
    contact_point_id: str
    channel: str


@decision
class MessageFiled(Decision):
    """A customer's message has its place: sequences of a conversation count from 1 without gaps.

    `participant_ids` take part beside the owner and read along; `language` is the sender's, as far
    as the channel tells it.
    """

    type: Literal["message_filed"] = "message_filed"
    conversation_id: str
    sequence: int
    message_id: str
    customer_id: str
    reply_to: ReplyAddress
    content: Content
    sender_name: str | None = None
    owner_id: str | None = None
    participant_ids: tuple[str, ...] = ()
    language: str | None = None


@decision
class ReplyFiled(Decision):
    """The owner's answer has its place and is to be delivered to `reply_to`.

    A notice of the platform's own, such as one out of hours, has no `agent_id`.
    `participant_ids` take part beside the owner and read along.
    """

    type: Literal["reply_filed"] = "reply_filed"
    conversation_id: str
    sequence: int
    reply_id: str
    agent_id: str
    customer_id: str
    reply_to: ReplyAddress
    content: Content
    participant_ids: tuple[str, ...] = ()


@decision
class DeliveryFiled(Decision):
    """What became of an attempt to deliver a reply; `agent_id` owns the conversation now."""

    type: Literal["delivery_filed"] = "delivery_filed"
    conversation_id: str
    reply_id: str
    outcome: DeliveryOutcome
    attempt: int
    provider_message_id: str | None = None
    detail: str = ""
    agent_id: str | None = None


@decision
class ConversationClosed(Decision):
    """The thread is over. A message of its customer before `reopen_until_ms` continues it (R23),
    a later one, or any where that is empty, opens another. Spam keeps no promise and breaks none.
    """

    type: Literal["conversation_closed"] = "conversation_closed"
    conversation_id: str
    customer_id: str
    agent_id: str
    reopen_until_ms: int | None = None
    outcome: Literal["", "spam"] = ""


@decision
class ConversationReopened(Decision):
    """A closed thread goes on after its last place, `sequence`, with a new work item (R23).

    `reply_to` and `language` are those of the customer's last message.
    """

    type: Literal["conversation_reopened"] = "conversation_reopened"
    conversation_id: str
    customer_id: str
    contact_point_id: str
    channel: str
    sequence: int
    closed_ms: int
    reply_to: ReplyAddress | None = None
    language: str | None = None


@decision
class ReopeningEnded(Decision):
    """The time in which this closed thread could go on is over."""

    type: Literal["reopening_ended"] = "reopening_ended"
    conversation_id: str
    contact_point_id: str


@decision
class LinkAdded(Decision):
    """Two contact points count as one customer."""

    type: Literal["link_added"] = "link_added"
    contact_point_ids: tuple[str, str]


@decision
class LinkRemoved(Decision):
    """They no longer do."""

    type: Literal["link_removed"] = "link_removed"
    contact_point_ids: tuple[str, str]
