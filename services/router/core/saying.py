"""What is said to a customer: an owner's replies, and notices of the platform's own.

Both have their place in the transcript and are delivered over the customer's channel.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from libs.common.contracts import decisions as d
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import ContactPointId
from libs.common.identifiers import customer_id_of, decision_id
from services.router.core.entities import Conversation, WorkItem
from services.router.core.turn import Turn


class InOneLanguage(Protocol):
    """Words of a desk's document."""

    @property
    def language(self) -> str:
        """Whose language they are in."""


Words = TypeVar("Words", bound=InOneLanguage)


def in_language(words: Sequence[Words], language: str | None) -> Words:
    """Those in the customer's language; the first are for all others."""
    return next((one for one in words if one.language == language), words[0])


def file_notice(
    turn: Turn,
    conversation: Conversation,
    reply_to: ReplyAddress,
    text: str,
    *,
    notice_id: str | None = None,
) -> None:
    """Say something that nobody wrote; `notice_id` where another decision names it."""
    file_reply(
        turn,
        conversation,
        reply_to,
        reply_id=notice_id or decision_id(turn.event_id, turn.ordinal),
        agent_id="",
        text=text,
    )


def file_reply(
    turn: Turn,
    conversation: Conversation,
    reply_to: ReplyAddress,
    *,
    reply_id: str,
    agent_id: str,
    text: str,
) -> None:
    """Give the words their place, to be delivered there."""
    item = turn.state.get(WorkItem, conversation.work_item_id or "")
    turn.emit(
        d.ReplyFiled(
            tenant_id=conversation.tenant_id,
            desk_id=conversation.desk_id,
            conversation_id=conversation.conversation_id,
            sequence=conversation.sequence + 1,
            reply_id=reply_id,
            agent_id=agent_id,
            customer_id=customer_id_of(ContactPointId(reply_to.contact_point_id)),
            reply_to=reply_to,
            content=Content(text=text),
            participant_ids=who_reads_along(item),
        )
    )


def who_reads_along(item: WorkItem | None) -> tuple[str, ...]:
    """Those who take part beside the owner, in one order (R19)."""
    return tuple(sorted(item.participants)) if item is not None else ()
