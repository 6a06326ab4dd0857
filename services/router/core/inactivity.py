"""Customers who say nothing: reminded once, then their conversation is closed.

The silence begins with the agent's last words, or with parking where there were none since the
customer's. It is a timer of the work item, set by what begins it and by the document of that
moment (R24), and ended by whatever ends it: a message, a snooze, a transfer.
"""

from collections.abc import Sequence

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import InactivityNotice, InactivityPolicy
from services.router.core.entities import Conversation, Desk, WorkItem
from services.router.core.saying import file_notice, in_language
from services.router.core.turn import Turn
from services.router.core.work import close


def is_silence_over(turn: Turn, item: WorkItem) -> bool:
    """Whether it is the customer's silence that is due."""
    return item.silence_due_ms is not None and item.silence_due_ms <= turn.now_ms


def break_silence(turn: Turn, item: WorkItem) -> None:
    """Remind the customer, or close what they were reminded of."""
    conversation = turn.state.need(Conversation, item.conversation_id)
    queue = turn.state.index_of((item.tenant_id, item.desk_id)).queues.get(item.queue_id)
    policy = queue.inactivity if queue is not None else None
    (_close if item.is_reminded else _remind)(turn, conversation, item, policy)


def _remind(
    turn: Turn, conversation: Conversation, item: WorkItem, policy: InactivityPolicy | None
) -> None:
    """Where the queue has no policy any more nothing is said, and nothing follows."""
    close_after_s = policy.close_after_s if policy is not None else None
    close_due_ms = turn.now_ms + 1_000 * close_after_s if close_after_s is not None else None
    turn.emit(
        d.InactivityReminded(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=item.agent_id or "",
            silent_since_ms=item.silent_since_ms,
            due_ms=item.silence_due_ms or 0,
            is_told=policy is not None,
            close_due_ms=close_due_ms,
        )
    )
    _say(turn, conversation, policy.reminders if policy is not None else ())


def _close(
    turn: Turn, conversation: Conversation, item: WorkItem, policy: InactivityPolicy | None
) -> None:
    """Like an end by the owner, with the wrap-up that the queue has."""
    closings = policy.closings if policy is not None else ()
    turn.emit(
        d.InactivityClosed(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=item.agent_id or "",
            silent_since_ms=item.silent_since_ms,
            due_ms=item.silence_due_ms or 0,
            is_told=bool(closings),
        )
    )
    _say(turn, conversation, closings)
    close(turn, turn.state.need(Desk, item.tenant_id, item.desk_id), conversation, item)


def _say(turn: Turn, conversation: Conversation, notices: Sequence[InactivityNotice]) -> None:
    # An item that somebody owns began with a message, so there is somewhere to answer to.
    if notices and conversation.reply_to is not None:
        text = in_language(notices, conversation.language).text
        file_notice(turn, conversation, conversation.reply_to, text)
