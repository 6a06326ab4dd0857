"""How decisions change what is remembered of conversations beyond their work items."""

from libs.common.contracts import decisions as d
from services.router.core.aftercare import ClosedConversation
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Conversation
from services.router.core.state import PartitionState


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
