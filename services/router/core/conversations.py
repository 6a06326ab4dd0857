"""Threads with customers: opened, continued, answered, closed.

The router is the only writer of its desk, so two messages a millisecond apart can't open two
conversations. A message goes to its own contact point's open conversation, else to the most
recently active one of a linked contact point, else lets one that was closed shortly before go on
(R23), else opens one (R22).
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import ContactPointId, HoldKind, QueueingReason, RefusalReason
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import (
    conversation_id_of,
    customer_id_of,
    work_item_id_of,
)
from services.router.core.blocking import file_blocked, is_blocked
from services.router.core.due_first import virtual_time_at_arrival
from services.router.core.entities import Agent, ContactPoint, Conversation, Desk, WorkItem
from services.router.core.lifecycle import OWNED
from services.router.core.links import linked_contact_points
from services.router.core.out_of_hours import is_message_only, notice_of, queue_at_arrival
from services.router.core.overflowing import judge
from services.router.core.placing import place_item, place_with
from services.router.core.queueing import signature_of
from services.router.core.reopening import reopen
from services.router.core.saying import file_notice, file_reply, who_reads_along
from services.router.core.seating import combined
from services.router.core.threads import open_at
from services.router.core.turn import Refused, Turn
from services.router.core.wait_notices import tell_place
from services.router.core.work import close_conversation, end_contact, return_from_customer

OPEN_CONVERSATIONS_MAX = 1_000_000


def receive_message(turn: Turn, desk: Desk, message: e.MessageReceived) -> None:
    """File the message where it belongs; a new conversation is routed at once."""
    if is_blocked(turn, desk, message.reply_to.contact_point_id):
        file_blocked(turn, desk, message)
        return
    conversation = find_conversation(turn, desk, message.reply_to.contact_point_id)
    is_new = conversation is None
    if conversation is None:
        point_id, channel = message.reply_to.contact_point_id, message.reply_to.channel
        conversation = reopen(turn, desk, contact_point_id=point_id, channel=channel)
        conversation = conversation or _open(turn, desk, message)
    item = _item_of(turn, conversation)
    turn.emit(
        d.MessageFiled(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=conversation.conversation_id,
            sequence=conversation.sequence + 1,
            message_id=turn.event_id,
            customer_id=customer_id_of(ContactPointId(message.reply_to.contact_point_id)),
            reply_to=message.reply_to,
            content=message.content,
            sender_name=message.sender_name,
            owner_id=item.agent_id if item is not None and item.state in OWNED else None,
            participant_ids=who_reads_along(item),
            language=message.language,
        )
    )
    if is_new:
        _queue(turn, desk, conversation, message)
    elif item is not None and item.state is S.PARKED:
        return_from_customer(turn, desk, item)


def find_conversation(turn: Turn, desk: Desk, contact_point_id: str) -> Conversation | None:
    """The open conversation that a message of this contact point continues."""
    own = _open_at(turn, desk, contact_point_id)
    if own is not None:
        return own
    linked = [
        conversation
        for other in linked_contact_points(turn.state, desk, contact_point_id)
        if (conversation := _open_at(turn, desk, other)) is not None
    ]
    return max(
        linked, key=lambda found: (found.last_active_ms, found.conversation_id), default=None
    )


def send_reply(turn: Turn, desk: Desk, reply: e.ReplySent) -> None:
    """File the owner's answer for delivery. Refuses anyone who is not the owner now."""
    conversation = owned_conversation(
        turn, desk, agent_id=reply.agent_id, conversation_id=reply.conversation_id
    )
    if conversation.reply_to is None:
        raise Refused(RefusalReason.UNKNOWN_CONVERSATION, subject_id=reply.conversation_id)
    file_reply(
        turn,
        conversation,
        conversation.reply_to,
        reply_id=turn.event_id,
        agent_id=reply.agent_id,
        text=reply.text,
    )


def _tell_hours(
    turn: Turn, conversation: Conversation, message: e.MessageReceived, queue_id: str
) -> None:
    """Whoever comes while the queue is closed reads when it opens, if the queue says anything."""
    desk = (conversation.tenant_id, conversation.desk_id)
    text = notice_of(turn, desk, queue_id, message.language)
    if text is not None:
        file_notice(turn, conversation, message.reply_to, text)


def end_conversation(turn: Turn, desk: Desk, ended: e.ContactEnded) -> None:
    """The customer hung up or left, with all that they have open here; refuses when that is
    nothing.
    """
    conversation = find_conversation(turn, desk, ended.contact_point_id)
    if conversation is None:
        raise Refused(RefusalReason.UNKNOWN_CONVERSATION, subject_id=ended.contact_point_id)
    point = turn.state.get(ContactPoint, *desk.key, ended.contact_point_id)
    of_its_own = open_at(point) if point is not None else []
    for conversation_id in of_its_own or [conversation.conversation_id]:
        end_contact(turn, desk, turn.state.need(Conversation, conversation_id), ended)


def report_delivery(turn: Turn, desk: Desk, report: e.DeliveryReported) -> None:
    """File what became of a reply, and for whom; the conversation may be long closed."""
    conversation = turn.state.get(Conversation, report.conversation_id)
    if conversation is not None and (conversation.tenant_id, conversation.desk_id) != desk.key:
        raise Refused(RefusalReason.UNKNOWN_CONVERSATION, subject_id=report.conversation_id)
    item = _item_of(turn, conversation) if conversation is not None else None
    turn.emit(
        d.DeliveryFiled(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=report.conversation_id,
            reply_id=report.reply_id,
            outcome=report.outcome,
            attempt=report.attempt,
            provider_message_id=report.provider_message_id,
            detail=report.detail,
            agent_id=item.agent_id if item is not None and item.state in OWNED else None,
        )
    )


def owned_conversation(
    turn: Turn, desk: Desk, *, agent_id: str, conversation_id: str
) -> Conversation:
    """The conversation, if this agent owns it now; refuses otherwise."""
    if owned_item(turn, desk, conversation_id).agent_id != agent_id:
        raise Refused(RefusalReason.NOT_THE_OWNER, subject_id=conversation_id)
    return turn.state.need(Conversation, conversation_id)


def owned_item(turn: Turn, desk: Desk, conversation_id: str) -> WorkItem:
    """The item of an open conversation that somebody owns; refuses otherwise."""
    conversation = turn.state.get(Conversation, conversation_id)
    if conversation is None or (conversation.tenant_id, conversation.desk_id) != desk.key:
        raise Refused(RefusalReason.UNKNOWN_CONVERSATION, subject_id=conversation_id)
    item = _item_of(turn, conversation)
    if item is None or item.state not in OWNED:
        raise Refused(RefusalReason.NOT_THE_OWNER, subject_id=conversation_id)
    return item


def _open(turn: Turn, desk: Desk, message: e.MessageReceived) -> Conversation:
    if len(turn.state.tables["conversation"]) >= OPEN_CONVERSATIONS_MAX:
        raise Refused(RefusalReason.LIMIT_REACHED, detail="open conversations")
    conversation_id = conversation_id_of(turn.event_id)
    contact_point_id = message.reply_to.contact_point_id
    turn.emit(
        d.ConversationOpened(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=conversation_id,
            customer_id=customer_id_of(ContactPointId(contact_point_id)),
            contact_point_id=contact_point_id,
            channel=message.reply_to.channel,
        )
    )
    return turn.state.need(Conversation, conversation_id)


def _queue(turn: Turn, desk: Desk, conversation: Conversation, message: e.MessageReceived) -> None:
    rule_id, route = turn.state.index_of(desk.key).routes.choose(message, now_ms=turn.now_ms)
    queue_id = queue_at_arrival(turn, desk.key, route.queue)
    if is_message_only(turn, desk.key, queue_id):
        _tell_hours(turn, conversation, message, queue_id)
        close_conversation(turn, conversation, "", queue_id)
        return
    queue = turn.state.index_of(desk.key).queues[queue_id]
    lender_id = judge(turn, desk.key, queue_id)
    requires, prefers = combined(queue, route)
    work_item_id = work_item_id_of(turn.event_id, turn.ordinal)
    turn.emit(
        d.WorkItemQueued(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=work_item_id,
            conversation_id=conversation.conversation_id,
            queue_id=queue_id,
            requires=requires,
            prefers=prefers,
            channel=conversation.channel,
            weight=desk.configuration.weight_of(conversation.channel),
            strict_class=route.strict_class,
            virtual_time_ms=virtual_time_at_arrival(
                turn.state,
                desk,
                route,
                queue_id=queue_id,
                channel=conversation.channel,
                labels=message.labels,
            ),
            sequence=turn.next_sequence(),
            reason=QueueingReason.ARRIVED,
            rule_id=rule_id,
            configuration_version=desk.version,
            plan_id=desk.plan_of.get(queue_id, ""),
            also_queues=(lender_id,) if lender_id is not None else (),
        )
    )
    item = turn.state.need(WorkItem, work_item_id)
    _tell_hours(turn, conversation, message, queue_id)
    last_agent = _last_agent(turn, desk, conversation, item)
    if last_agent is None:
        place_item(turn, item)
    else:
        hold_s = queue.last_agent_hold_s or 0
        place_with(turn, item, last_agent, HoldKind.LAST_AGENT, for_s=hold_s)
    tell_place(turn, item)


def _last_agent(turn: Turn, desk: Desk, conversation: Conversation, item: WorkItem) -> Agent | None:
    """Who served this customer last, if the queue asks for that and the agent may have it (R11)."""
    index = turn.state.index_of(desk.key)
    if index.queues[item.queue_id].last_agent_hold_s is None:
        return None
    if not index.lines.is_open(item.queue_id):
        return None
    points = (
        conversation.contact_point_id,
        *linked_contact_points(turn.state, desk, conversation.contact_point_id),
    )
    for contact_point_id in points:
        point = turn.state.get(ContactPoint, *desk.key, contact_point_id)
        if point is None or point.last_agent_id is None:
            continue
        agent = turn.state.need(Agent, *desk.key, point.last_agent_id)
        profile = index.profiles.of_agent.get(agent.agent_id)
        if agent.is_present and profile is not None and signature_of(item).admits(profile):
            return agent
    return None


def forget_last_agent(turn: Turn, point: ContactPoint) -> None:
    """It is so long ago that the customer is served as if new."""
    turn.emit(
        d.LastAgentForgotten(
            tenant_id=point.tenant_id,
            desk_id=point.desk_id,
            contact_point_id=point.contact_point_id,
        )
    )


def _open_at(turn: Turn, desk: Desk, contact_point_id: str) -> Conversation | None:
    point = turn.state.get(ContactPoint, *desk.key, contact_point_id)
    if point is None or point.conversation_id is None:
        return None
    return turn.state.need(Conversation, point.conversation_id)


def _item_of(turn: Turn, conversation: Conversation) -> WorkItem | None:
    if conversation.work_item_id is None:
        return None
    return turn.state.need(WorkItem, conversation.work_item_id)
