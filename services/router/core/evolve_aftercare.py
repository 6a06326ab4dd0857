"""How decisions change what is remembered of conversations beyond their work items."""

from libs.common.contracts import decisions as d
from services.router.core.aftercare import ClosedConversation, FollowUp
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Conversation, WorkItem
from services.router.core.indexing import index_timer
from services.router.core.state import PartitionState
from services.router.core.timers import end_silence


def keep_closed(
    state: PartitionState, closed: d.ConversationClosed, conversation: Conversation
) -> str | None:
    """Remember a thread that may go on; returns what its contact point knows of it from now on."""
    if closed.reopen_until_ms is None:
        return None
    kept = ClosedConversation(
        tenant_id=closed.tenant_id,
        desk_id=closed.desk_id,
        conversation_id=closed.conversation_id,
        contact_point_id=conversation.contact_point_id,
        sequence=conversation.sequence,
        closed_ms=state.now_ms,
        until_ms=closed.reopen_until_ms,
        opened_ms=conversation.opened_ms,
        channel=conversation.channel,
        reply_to=conversation.reply_to,
        language=conversation.language,
    )
    state.add(kept, closed.conversation_id)
    index_closed(state, kept)
    return closed.conversation_id


def forget_closed(state: PartitionState, conversation_id: str) -> None:
    """The thread goes on, or can do so no more."""
    state.drop(ClosedConversation, conversation_id)
    state.deadlines.set(DeadlineKind.REOPENING, (conversation_id,), None)


def index_closed(state: PartitionState, closed: ClosedConversation) -> None:
    """It is forgotten when its time is over."""
    key = (closed.conversation_id,)
    state.deadlines.set(DeadlineKind.REOPENING, key, closed.until_ms)


def schedule_follow_up(state: PartitionState, scheduled: d.FollowUpScheduled) -> None:
    """It is promised for that time alone, and nobody waits for the customer until then."""
    follow_up = FollowUp(
        tenant_id=scheduled.tenant_id,
        desk_id=scheduled.desk_id,
        conversation_id=scheduled.conversation_id,
        agent_id=scheduled.agent_id,
        queue_id=scheduled.queue_id,
        due_ms=scheduled.due_ms,
        zone=scheduled.zone,
        note=scheduled.note,
    )
    state.add(follow_up, scheduled.conversation_id)
    index_follow_up(state, follow_up)
    conversation = state.need(Conversation, scheduled.conversation_id)
    item = state.changing(WorkItem, conversation.work_item_id or "")
    end_silence(item)
    index_timer(state, item)


def end_follow_up(state: PartitionState, ended: d.FollowUpCanceled | d.FollowUpDue) -> None:
    """It is time, or nothing is promised any more."""
    state.drop(FollowUp, ended.conversation_id)
    state.deadlines.set(DeadlineKind.FOLLOW_UP, (ended.conversation_id,), None)


def index_follow_up(state: PartitionState, follow_up: FollowUp) -> None:
    """It is due at its time."""
    key = (follow_up.conversation_id,)
    state.deadlines.set(DeadlineKind.FOLLOW_UP, key, follow_up.due_ms)
