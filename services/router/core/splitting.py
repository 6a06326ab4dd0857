"""A second matter in one conversation gets a conversation and work of its own (R21).

What was said stays where it was said. The customer has one address, so what they write goes on in
the older conversation as long as it is open; the new one's owner can write to them at once.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import QueueingReason, RefusalReason
from libs.common.identifiers import conversation_id_of, work_item_id_of
from services.router.core.entities import ContactPoint, Conversation, Desk, WorkItem
from services.router.core.placing import place_item
from services.router.core.seating import combined
from services.router.core.threads import open_at
from services.router.core.turn import Refused, Turn

OPEN_AT_POINT_MAX = 16


def split(
    turn: Turn, desk: Desk, conversation: Conversation, item: WorkItem, request: e.SplitRequested
) -> None:
    """Open a conversation that points back, with work in a queue's line. Refuses calls."""
    queue_id = request.queue_id or item.queue_id
    if queue_id not in turn.state.index_of(desk.key).queues:
        raise Refused(RefusalReason.UNKNOWN_QUEUE, subject_id=queue_id)
    if desk.configuration.channel(item.channel).exclusive:
        detail = "a call is never split"
        reason = RefusalReason.ILLEGAL_TRANSITION
        raise Refused(reason, subject_id=conversation.conversation_id, detail=detail)
    point = turn.state.need(ContactPoint, *desk.key, conversation.contact_point_id)
    if len(open_at(point)) >= OPEN_AT_POINT_MAX:
        detail = "open conversations of one contact point"
        subject_id = conversation.conversation_id
        raise Refused(RefusalReason.LIMIT_REACHED, subject_id=subject_id, detail=detail)
    new_id = conversation_id_of(turn.event_id)
    turn.emit(
        d.ConversationOpened(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=new_id,
            customer_id=conversation.customer_id,
            contact_point_id=conversation.contact_point_id,
            channel=conversation.channel,
        )
    )
    turn.emit(
        d.ConversationSplit(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=new_id,
            from_conversation_id=conversation.conversation_id,
            from_sequence=conversation.sequence,
            contact_point_id=conversation.contact_point_id,
            customer_id=conversation.customer_id,
            agent_id=request.agent_id,
            note=request.note,
        )
    )
    _queue(turn, desk, item, request, conversation_id=new_id, queue_id=queue_id)


def _queue(
    turn: Turn,
    desk: Desk,
    item: WorkItem,
    request: e.SplitRequested,
    *,
    conversation_id: str,
    queue_id: str,
) -> None:
    """A wait that begins now, for what the queue asks and in the class of the other item."""
    requires, prefers = combined(turn.state.index_of(desk.key).queues[queue_id], None)
    work_item_id = work_item_id_of(turn.event_id, turn.ordinal)
    turn.emit(
        d.WorkItemQueued(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=work_item_id,
            conversation_id=conversation_id,
            queue_id=queue_id,
            requires=requires,
            prefers=prefers,
            channel=item.channel,
            weight=item.weight,
            strict_class=item.strict_class,
            virtual_time_ms=turn.now_ms,
            sequence=turn.next_sequence(),
            reason=QueueingReason.SPLIT,
            rule_id=item.rule_id,
            configuration_version=desk.version,
            note=request.note,
            by_agent_id=request.agent_id,
            plan_id=desk.plan_of.get(queue_id, ""),
        )
    )
    place_item(turn, turn.state.need(WorkItem, work_item_id))
