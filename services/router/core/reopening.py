"""Threads that were over and go on: the same conversation, a new work item, new promises (R23).

Until when is decided when a conversation is closed, by the configuration of that moment (R24). The
window is kept as a deadline, so that nothing is remembered longer than it may matter.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import ContactPointId
from libs.common.identifiers import customer_id_of
from services.router.core.aftercare import ClosedConversation, FollowUp
from services.router.core.entities import ContactPoint, Conversation, Desk
from services.router.core.links import linked_contact_points
from services.router.core.turn import Turn

CLOSED_CONVERSATIONS_MAX = 1_000_000


def reopen_until_ms(turn: Turn, conversation: Conversation, queue_id: str) -> int | None:
    """Until when a conversation that ends now in this queue may go on; None: its customer begins
    anew.
    """
    desk = turn.state.need(Desk, conversation.tenant_id, conversation.desk_id)
    queue = turn.state.index_of(desk.key).queues.get(queue_id)
    of_queue = queue.reopen_within_s if queue is not None else None
    within_s = desk.configuration.policies.reopen_within_s if of_queue is None else of_queue
    follow_up = turn.state.get(FollowUp, conversation.conversation_id)
    if len(turn.state.tables["closed_conversation"]) >= CLOSED_CONVERSATIONS_MAX:
        return None
    # What was promised finds its thread, so that the customer who writes before finds it as well.
    promised_ms = follow_up.due_ms + 1 if follow_up is not None else 0
    until_ms = max(turn.now_ms + 1_000 * within_s, promised_ms)
    return until_ms if until_ms > turn.now_ms else None


def reopen(turn: Turn, desk: Desk, *, contact_point_id: str, channel: str) -> Conversation | None:
    """Let the closed conversation that a message of this contact point continues go on, if any:
    its own before those of the same customer's other addresses, as among open ones (R22).
    """
    closed = _closed_at(turn, desk, contact_point_id)
    if closed is None:
        linked = linked_contact_points(turn.state, desk, contact_point_id)
        found = [one for other in linked if (one := _closed_at(turn, desk, other)) is not None]
        closed = max(found, key=lambda one: (one.closed_ms, one.conversation_id), default=None)
    return go_on(turn, closed, channel=channel) if closed is not None else None


def go_on(turn: Turn, closed: ClosedConversation, *, channel: str) -> Conversation:
    """The thread is open again; its work follows."""
    turn.emit(
        d.ConversationReopened(
            tenant_id=closed.tenant_id,
            desk_id=closed.desk_id,
            conversation_id=closed.conversation_id,
            customer_id=customer_id_of(ContactPointId(closed.contact_point_id)),
            contact_point_id=closed.contact_point_id,
            channel=channel,
            sequence=closed.sequence,
            closed_ms=closed.closed_ms,
            reply_to=closed.reply_to,
            language=closed.language,
        )
    )
    return turn.state.need(Conversation, closed.conversation_id)


def end_reopening(turn: Turn, closed: ClosedConversation) -> None:
    """Its time is over: whoever writes now begins anew."""
    turn.emit(
        d.ReopeningEnded(
            tenant_id=closed.tenant_id,
            desk_id=closed.desk_id,
            conversation_id=closed.conversation_id,
            contact_point_id=closed.contact_point_id,
        )
    )


def _closed_at(turn: Turn, desk: Desk, contact_point_id: str) -> ClosedConversation | None:
    """What this contact point may reopen now: the tick that forgets it may be late."""
    point = turn.state.get(ContactPoint, *desk.key, contact_point_id)
    if point is None or point.closed_id is None:
        return None
    closed = turn.state.need(ClosedConversation, point.closed_id)
    return closed if turn.now_ms < closed.until_ms else None
