"""How decisions change conversations and the contact points that they belong to."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.aftercare import ClosedConversation
from services.router.core.entities import ContactPoint, Conversation, Desk, WorkItem
from services.router.core.evolve_aftercare import forget_closed, keep_closed
from services.router.core.indexing import index_contact_point, index_item, index_waiting
from services.router.core.state import PartitionState
from services.router.core.threads import open_at, points_of, set_open
from services.router.core.timers import answer_due_ms, end_silence, start_silence

CONTACT_POINTS_MAX = 2_000_000


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
        opened_ms=state.now_ms,
    )
    state.add(conversation, opened.conversation_id)
    point = _contact_point(state, opened, opened.contact_point_id)
    set_open(point, [*open_at(point), opened.conversation_id])


def file_message(state: PartitionState, filed: d.MessageFiled) -> None:
    """A message has its place, and answers go to where it came from."""
    conversation = state.changing(Conversation, filed.conversation_id)
    conversation.sequence = filed.sequence
    conversation.reply_to = filed.reply_to
    conversation.language = filed.language or conversation.language
    conversation.last_active_ms = state.now_ms
    item = state.get(WorkItem, conversation.work_item_id or "")
    if item is None:
        return
    before = (item.answer_due_ms, item.silence_due_ms)
    end_silence(item)
    if item.state is S.ASSIGNED and item.answer_due_ms is None:
        item.answer_due_ms = answer_due_ms(state, item)
    if (item.answer_due_ms, item.silence_due_ms) != before:
        index_item(state, state.changing(WorkItem, item.work_item_id))


def file_reply(state: PartitionState, filed: d.ReplyFiled) -> None:
    """An answer has its place; an owner who answers is not taken for silent, by a notice nobody."""
    conversation = state.changing(Conversation, filed.conversation_id)
    conversation.sequence = filed.sequence
    conversation.last_active_ms = state.now_ms
    if not filed.agent_id:
        return
    item = state.changing(WorkItem, conversation.work_item_id or "")
    item.replied_ms, item.answer_due_ms = state.now_ms, None
    if item.state is S.ASSIGNED or (item.state is S.PARKED and item.until_ms is None):
        start_silence(state, item)
    index_item(state, item)


def close_conversation(state: PartitionState, closed: d.ConversationClosed) -> None:
    """The thread is over: its contact point has none open, and only the log keeps it."""
    conversation = state.need(Conversation, closed.conversation_id)
    for merged_point in conversation.merged_points:
        _leave(state, closed, merged_point)
    point = _contact_point(state, closed, conversation.contact_point_id)
    set_open(point, [one for one in open_at(point) if one != closed.conversation_id])
    point.closed_id = keep_closed(state, closed, conversation)
    if closed.agent_id and not closed.outcome and _remembers_last_agents(state, closed):
        policies = state.need(Desk, closed.tenant_id, closed.desk_id).configuration.policies
        point.last_agent_id = closed.agent_id
        point.forget_due_ms = state.now_ms + 1_000 * policies.last_agent_remembered_s
        index_contact_point(state, point)
    _drop_if_empty(state, point)
    state.drop(Conversation, closed.conversation_id)


def reopen_conversation(state: PartitionState, reopened: d.ConversationReopened) -> None:
    """The thread goes on after its last place, for a work item that follows."""
    opened_ms = state.need(ClosedConversation, reopened.conversation_id).opened_ms
    forget_closed(state, reopened.conversation_id)
    conversation = Conversation(
        tenant_id=reopened.tenant_id,
        desk_id=reopened.desk_id,
        conversation_id=reopened.conversation_id,
        customer_id=reopened.customer_id,
        contact_point_id=reopened.contact_point_id,
        channel=reopened.channel,
        sequence=reopened.sequence,
        reply_to=reopened.reply_to,
        language=reopened.language,
        last_active_ms=state.now_ms,
        opened_ms=opened_ms,
    )
    state.add(conversation, reopened.conversation_id)
    point = _contact_point(state, reopened, reopened.contact_point_id)
    point.conversation_id, point.closed_id = reopened.conversation_id, None


def end_reopening(state: PartitionState, ended: d.ReopeningEnded) -> None:
    """It can go on no more; the point may have closed another one since."""
    forget_closed(state, ended.conversation_id)
    point = _contact_point(state, ended, ended.contact_point_id)
    if point.closed_id == ended.conversation_id:
        point.closed_id = None
    _drop_if_empty(state, point)


def _leave(state: PartitionState, closed: d.ConversationClosed, contact_point_id: str) -> None:
    point = _contact_point(state, closed, contact_point_id)
    set_open(point, [one for one in open_at(point) if one != closed.conversation_id])
    _drop_if_empty(state, point)


def merge(state: PartitionState, merged: d.ConversationsMerged) -> None:
    """The survivor is open wherever the other was, answers go to where the customer was last, and
    an item that waits has waited as long as the other.
    """
    survivor = state.changing(Conversation, merged.conversation_id)
    other = state.need(Conversation, merged.merged_conversation_id)
    for contact_point_id in points_of(other):
        point = _contact_point(state, merged, contact_point_id)
        ids = {other.conversation_id: survivor.conversation_id}
        set_open(point, [ids.get(one, one) for one in open_at(point)])
    points = [*survivor.merged_points, *points_of(other)]
    survivor.merged_points = [
        one for one in dict.fromkeys(points) if one != survivor.contact_point_id
    ]
    if other.last_active_ms > survivor.last_active_ms:
        survivor.reply_to, survivor.last_active_ms = other.reply_to, other.last_active_ms
    survivor.language = survivor.language or other.language
    state.drop(Conversation, other.conversation_id)
    item = state.changing(WorkItem, merged.work_item_id)
    item.virtual_time_ms = merged.virtual_time_ms
    item.waiting_since_ms = merged.waiting_since_ms
    index_waiting(state, item)


def split(state: PartitionState, split_off: d.ConversationSplit) -> None:
    """Answers of the new conversation go to where those of the old one go."""
    before = state.need(Conversation, split_off.from_conversation_id)
    new = state.changing(Conversation, split_off.conversation_id)
    new.reply_to, new.language = before.reply_to, before.language


def block(state: PartitionState, blocked: d.ContactPointBlocked) -> None:
    """What it writes opens no work."""
    point = _contact_point(state, blocked, blocked.contact_point_id)
    point.is_blocked, point.unblock_due_ms = True, blocked.until_ms
    index_contact_point(state, point)


def unblock(state: PartitionState, unblocked: d.ContactPointUnblocked) -> None:
    """It opens work again."""
    point = _contact_point(state, unblocked, unblocked.contact_point_id)
    point.is_blocked, point.unblock_due_ms = False, None
    index_contact_point(state, point)
    _drop_if_empty(state, point)


def _remembers_last_agents(state: PartitionState, closed: d.ConversationClosed) -> bool:
    """Only where a queue asks for it, and only so many: the rest are served as if new."""
    queues = state.index_of((closed.tenant_id, closed.desk_id)).queues.values()
    is_asked = any(queue.last_agent_hold_s is not None for queue in queues)
    return is_asked and len(state.tables["contact_point"]) < CONTACT_POINTS_MAX


def forget_last_agent(state: PartitionState, forgotten: d.LastAgentForgotten) -> None:
    """Who served this contact point last no longer matters."""
    point = _contact_point(state, forgotten, forgotten.contact_point_id)
    point.last_agent_id, point.forget_due_ms = None, None
    index_contact_point(state, point)
    _drop_if_empty(state, point)


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
    known = (point.conversation_id, point.last_agent_id, point.closed_id, point.is_blocked)
    if not point.linked_ids and not any(known):
        state.drop(ContactPoint, point.tenant_id, point.desk_id, point.contact_point_id)
