"""How decisions change conversations and the contact points that they belong to."""

from libs.common.contracts import decisions as d
from services.router.core.entities import ContactPoint, Conversation, WorkItem
from services.router.core.state import PartitionState


def open_conversation(state: PartitionState, opened: d.ConversationOpened) -> None:
    """A new thread at this contact point."""
    conversation = Conversation(
        tenant_id=opened.tenant_id,
        desk_id=opened.desk_id,
        conversation_id=opened.conversation_id,
        customer_id=opened.customer_id,
        contact_point_id=opened.contact_point_id,
        channel=opened.channel,
        last_active_ms=state.now_ms,
    )
    state.add(conversation, opened.conversation_id)
    point = _contact_point(state, opened, opened.contact_point_id)
    point.conversation_id = opened.conversation_id


def file_message(state: PartitionState, filed: d.MessageFiled) -> None:
    """A message has its place, and answers go to where it came from."""
    conversation = state.changing(Conversation, filed.conversation_id)
    conversation.sequence = filed.sequence
    conversation.reply_to = filed.reply_to
    conversation.last_active_ms = state.now_ms


def file_reply(state: PartitionState, filed: d.ReplyFiled) -> None:
    """An answer has its place; an owner who answers is not taken for silent."""
    conversation = state.changing(Conversation, filed.conversation_id)
    conversation.sequence = filed.sequence
    conversation.last_active_ms = state.now_ms
    state.changing(WorkItem, conversation.work_item_id or "").replied_ms = state.now_ms


def close_conversation(state: PartitionState, closed: d.ConversationClosed) -> None:
    """The thread is over: its contact point has none open, and only the log keeps it."""
    conversation = state.need(Conversation, closed.conversation_id)
    point = _contact_point(state, closed, conversation.contact_point_id)
    point.conversation_id = None
    _drop_if_empty(state, point)
    state.drop(Conversation, closed.conversation_id)


def link(state: PartitionState, added: d.LinkAdded) -> None:
    """Two contact points know of each other."""
    one, other = added.contact_point_ids
    for here, there in ((one, other), (other, one)):
        point = _contact_point(state, added, here)
        point.linked_ids = sorted({*point.linked_ids, there})


def unlink(state: PartitionState, removed: d.LinkRemoved) -> None:
    """They no longer do; nothing else was changed by the link, so nothing else is restored."""
    one, other = removed.contact_point_ids
    for here, there in ((one, other), (other, one)):
        point = _contact_point(state, removed, here)
        point.linked_ids = [linked for linked in point.linked_ids if linked != there]
        _drop_if_empty(state, point)


def _contact_point(
    state: PartitionState, decision: d.Decision, contact_point_id: str
) -> ContactPoint:
    key = (decision.tenant_id, decision.desk_id, contact_point_id)
    if state.get(ContactPoint, *key) is None:
        point = ContactPoint(
            tenant_id=decision.tenant_id,
            desk_id=decision.desk_id,
            contact_point_id=contact_point_id,
        )
        state.add(point, *key)
    return state.changing(ContactPoint, *key)


def _drop_if_empty(state: PartitionState, point: ContactPoint) -> None:
    if point.conversation_id is None and not point.linked_ids:
        state.drop(ContactPoint, point.tenant_id, point.desk_id, point.contact_point_id)
