"""Spam, and contact points that open no work: nothing that they write is lost, and nobody is asked.

A blocked message is acknowledged, logged and filed in the customer's timeline like every other one,
in no conversation. What was open at the contact point besides the spam stays with whom it is with.
"""

from typing import Final

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import ContactPointId, RefusalReason
from libs.common.contracts.thread_events import SpamMarked, UnblockRequested
from libs.common.identifiers import customer_id_of
from services.router.core.entities import ContactPoint, Conversation, Desk, WorkItem
from services.router.core.evolve_conversations import CONTACT_POINTS_MAX
from services.router.core.placing import remove_participants
from services.router.core.turn import Refused, Turn
from services.router.core.work import complete

SPAM: Final = "spam"


def mark_spam(
    turn: Turn, desk: Desk, conversation: Conversation, item: WorkItem, marked: SpamMarked
) -> None:
    """End an owner's conversation without a word to its sender, and block them if that is asked."""
    if marked.blocks and len(turn.state.tables["contact_point"]) >= CONTACT_POINTS_MAX:
        detail = "contact points"
        subject_id = conversation.conversation_id
        raise Refused(RefusalReason.LIMIT_REACHED, subject_id=subject_id, detail=detail)
    reply_to = conversation.reply_to
    contact_point_id = reply_to.contact_point_id if reply_to else conversation.contact_point_id
    remove_participants(turn, item, cause=SPAM)
    turn.emit(
        d.ConversationClosed(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=conversation.conversation_id,
            customer_id=conversation.customer_id,
            agent_id=marked.agent_id,
            outcome=SPAM,
        )
    )
    if marked.blocks:
        until_ms = turn.now_ms + 1_000 * marked.block_for_s if marked.block_for_s else None
        turn.emit(
            d.ContactPointBlocked(
                tenant_id=desk.tenant_id,
                desk_id=desk.desk_id,
                contact_point_id=contact_point_id,
                customer_id=customer_id_of(ContactPointId(contact_point_id)),
                conversation_id=conversation.conversation_id,
                agent_id=marked.agent_id,
                until_ms=until_ms,
            )
        )
    complete(turn, item, code=SPAM)


def is_blocked(turn: Turn, desk: Desk, contact_point_id: str) -> bool:
    """Whether what it writes opens no work now: the tick that unblocks it may be late."""
    point = turn.state.get(ContactPoint, *desk.key, contact_point_id)
    if point is None or not point.is_blocked:
        return False
    return point.unblock_due_ms is None or turn.now_ms < point.unblock_due_ms


def file_blocked(turn: Turn, desk: Desk, message: e.MessageReceived) -> None:
    """Keep what a blocked contact point wrote."""
    contact_point_id = message.reply_to.contact_point_id
    turn.emit(
        d.BlockedMessageFiled(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            message_id=turn.event_id,
            customer_id=customer_id_of(ContactPointId(contact_point_id)),
            contact_point_id=contact_point_id,
            reply_to=message.reply_to,
            content=message.content,
            sender_name=message.sender_name,
        )
    )


def unblock(turn: Turn, desk: Desk, request: UnblockRequested) -> None:
    """Let it open work again; that it is a supervisor who asks was checked at the door."""
    point = turn.state.get(ContactPoint, *desk.key, request.contact_point_id)
    if point is None or not point.is_blocked:
        raise Refused(RefusalReason.NOT_BLOCKED, subject_id=request.contact_point_id)
    _unblock(turn, point, agent_id=request.agent_id)


def end_block(turn: Turn, point: ContactPoint) -> None:
    """The time is over."""
    _unblock(turn, point, agent_id=None)


def _unblock(turn: Turn, point: ContactPoint, *, agent_id: str | None) -> None:
    turn.emit(
        d.ContactPointUnblocked(
            tenant_id=point.tenant_id,
            desk_id=point.desk_id,
            contact_point_id=point.contact_point_id,
            customer_id=customer_id_of(ContactPointId(point.contact_point_id)),
            cause="expired" if agent_id is None else "unblocked",
            agent_id=agent_id,
        )
    )
