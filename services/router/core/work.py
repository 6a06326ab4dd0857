"""What an owner does with a conversation besides answering: transfer, park, close, wrap up."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import HoldKind, QueueingReason, RefusalReason, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Conversation, Desk, WorkItem
from services.router.core.lifecycle import OWNED
from services.router.core.offering import end_capacity_hold, end_hold, queue_of
from services.router.core.placing import (
    fill_agent,
    has_room_to_resume,
    place_with,
    queue_again,
    remove_participants,
    resume,
)
from services.router.core.reopening import reopen_until_ms
from services.router.core.reservations import end_all
from services.router.core.turn import Refused, Turn

ITEMS_OF_AGENT_MAX = 256


def transfer(turn: Turn, desk: Desk, item: WorkItem, request: e.TransferRequested) -> None:
    """The item stands in the other queue's line, or is for the other agent, with its old time."""
    if request.to_agent_id is not None:
        _transfer_to_agent(turn, desk, item, request, to_agent_id=request.to_agent_id)
    else:
        _transfer_to_queue(turn, desk, item, request, queue_id=request.queue_id or "")
    fill_agent(turn, turn.state.need(Agent, *desk.key, request.agent_id))


def _transfer_to_queue(
    turn: Turn, desk: Desk, item: WorkItem, request: e.TransferRequested, *, queue_id: str
) -> None:
    if queue_id not in turn.state.index_of(desk.key).queues:
        raise Refused(RefusalReason.UNKNOWN_QUEUE, subject_id=queue_id)
    queue_again(
        turn,
        item,
        reason=QueueingReason.TRANSFERRED,
        queue_id=queue_id,
        by_agent_id=request.agent_id,
        note=request.note,
    )


def _transfer_to_agent(
    turn: Turn, desk: Desk, item: WorkItem, request: e.TransferRequested, *, to_agent_id: str
) -> None:
    """The agent is asked as soon as they have room, whatever their skills: the owner knows best.

    After the desk's `owner_hold_s`, or a refusal, anyone in the item's queue may have it.
    """
    agent = turn.state.get(Agent, *desk.key, to_agent_id)
    index = turn.state.index_of(desk.key)
    if agent is None or to_agent_id not in index.profiles.of_agent:
        raise Refused(RefusalReason.UNKNOWN_AGENT, subject_id=to_agent_id)
    if to_agent_id == request.agent_id:
        raise Refused(RefusalReason.ILLEGAL_TRANSITION, subject_id=to_agent_id)
    if not agent.is_present:
        raise Refused(RefusalReason.AGENT_ABSENT, subject_id=to_agent_id)
    queue_again(
        turn,
        item,
        reason=QueueingReason.TRANSFERRED,
        by_agent_id=request.agent_id,
        note=request.note,
        is_placed=False,
    )
    for_s = desk.configuration.policies.owner_hold_s
    place_with(turn, item, agent, HoldKind.TRANSFER, for_s=for_s)


def park(turn: Turn, desk: Desk, item: WorkItem) -> None:
    """The owner waits for the customer and has room for other work meanwhile (R17).

    Never for one who is on the line (R18).
    """
    check_may_park(turn, desk, item)
    agent_id = item.agent_id or ""
    turn.emit(
        d.WorkItemParked(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent_id,
            held_weight=min(desk.configuration.policies.parked_weight, item.weight),
        )
    )
    fill_agent(turn, turn.state.need(Agent, *desk.key, agent_id))


def check_may_park(turn: Turn, desk: Desk, item: WorkItem) -> None:
    """Refuse what nobody works on, a call, and one more beside many."""
    if item.state is not S.ASSIGNED or desk.configuration.channel(item.channel).exclusive:
        raise Refused(RefusalReason.ILLEGAL_TRANSITION, subject_id=item.work_item_id)
    agent_id = item.agent_id or ""
    if len(turn.state.held.get((*desk.key, agent_id), {})) >= ITEMS_OF_AGENT_MAX:
        raise Refused(RefusalReason.LIMIT_REACHED, subject_id=agent_id)


def return_from_customer(
    turn: Turn, desk: Desk, item: WorkItem, *, credit_ms: int | None = None
) -> None:
    """A parked item is due again, mostly since its customer answered: a new wait begins, with its
    owner if there is room.
    """
    if credit_ms is None:
        credit_ms = item.waiting_since_ms - item.virtual_time_ms
    virtual_time_ms = turn.now_ms - credit_ms
    if has_room_to_resume(turn, item):
        resume(turn, item, virtual_time_ms=virtual_time_ms)
        return
    agent = turn.state.need(Agent, *desk.key, item.agent_id or "")
    hold_ms = desk.configuration.policies.owner_hold_s * 1_000 if agent.is_present else 0
    turn.emit(
        d.WorkItemHeld(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent.agent_id,
            until_ms=turn.now_ms + hold_ms,
            virtual_time_ms=virtual_time_ms,
        )
    )
    if not agent.is_present:
        give_up_owner(turn, item)


def give_up_owner(turn: Turn, item: WorkItem) -> None:
    """The owner had no room in time; anyone may have the item now, and the owner other work."""
    turn.free((item.tenant_id, item.desk_id, item.agent_id or ""))
    queue_again(turn, item, reason=QueueingReason.HOLD_ENDED, by_agent_id=item.agent_id)


def close_if_seen(
    turn: Turn,
    desk: Desk,
    conversation: Conversation,
    item: WorkItem,
    *,
    after_sequence: int | None,
) -> None:
    """The owner ends it, unless they say what they have seen and there is more: a customer who
    writes at that very moment is answered, and does not find the conversation closed over it.
    """
    if after_sequence is not None and conversation.sequence > after_sequence:
        raise Refused(
            RefusalReason.CONVERSATION_WENT_ON,
            subject_id=conversation.conversation_id,
            detail=f"its last place is {conversation.sequence}",
        )
    close(turn, desk, conversation, item)


def close(turn: Turn, desk: Desk, conversation: Conversation, item: WorkItem) -> None:
    """The conversation is over; the queue's wrap-up follows if it has one and there is room."""
    agent_id = item.agent_id or ""
    wrap_up_s = queue_of(turn, item).wrap_up_s
    has_room = item.state is S.ASSIGNED or has_room_to_resume(turn, item)
    remove_participants(turn, item, cause="closed")
    close_conversation(turn, conversation, agent_id, item.queue_id)
    if wrap_up_s and has_room:
        turn.emit(
            d.WorkItemWrappingUp(
                tenant_id=desk.tenant_id,
                desk_id=desk.desk_id,
                work_item_id=item.work_item_id,
                conversation_id=item.conversation_id,
                agent_id=agent_id,
                until_ms=turn.now_ms + wrap_up_s * 1_000,
            )
        )
    else:
        complete(turn, item, code=None)


def end_contact(turn: Turn, desk: Desk, conversation: Conversation, ended: e.ContactEnded) -> None:
    """The customer left: an owner wraps up, otherwise item and offers end at once (R18)."""
    item = turn.state.need(WorkItem, conversation.work_item_id or "")
    if item.state in OWNED:
        close(turn, desk, conversation, item)
        return
    asked = [agent_id for agent_id, _ in item.offered]
    cancel(turn, item, cause=ended.cause)
    close_conversation(turn, conversation, "", item.queue_id)
    for agent_id in asked:
        fill_agent(turn, turn.state.need(Agent, *desk.key, agent_id))


def cancel(turn: Turn, item: WorkItem, *, cause: str) -> None:
    """Nothing is left to do; the caller sees to those who had it or were asked for it."""
    end_all(turn, item, ReservationOutcome.CANCELED)
    end_capacity_hold(turn, item, cause="canceled")
    end_hold(turn, item, cause="canceled")
    turn.emit(
        d.WorkItemCanceled(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=item.queue_id,
            cause=cause,
            waited_ms=turn.now_ms - item.waiting_since_ms,
            agent_id=item.agent_id,
        )
    )


def close_conversation(
    turn: Turn, conversation: Conversation, agent_id: str, queue_id: str
) -> None:
    """The thread is over; `agent_id` ended it, empty where nobody had it."""
    turn.emit(
        d.ConversationClosed(
            tenant_id=conversation.tenant_id,
            desk_id=conversation.desk_id,
            conversation_id=conversation.conversation_id,
            customer_id=conversation.customer_id,
            agent_id=agent_id,
            reopen_until_ms=reopen_until_ms(turn, conversation, queue_id),
        )
    )


def finish_wrap_up(turn: Turn, desk: Desk, finished: e.WrapUpFinished) -> None:
    """The agent is done with the work after the conversation."""
    item = turn.state.get(WorkItem, finished.work_item_id)
    if item is None or (item.tenant_id, item.desk_id) != desk.key:
        raise Refused(RefusalReason.UNKNOWN_WORK_ITEM, subject_id=finished.work_item_id)
    if item.agent_id != finished.agent_id:
        raise Refused(RefusalReason.NOT_THE_OWNER, subject_id=finished.work_item_id)
    if item.state is not S.WRAPPING_UP:
        raise Refused(RefusalReason.ILLEGAL_TRANSITION, subject_id=finished.work_item_id)
    codes = queue_of(turn, item).wrap_up_codes
    if codes and finished.code not in codes:
        detail = f"one of: {', '.join(codes)}"[:500]
        reason = RefusalReason.UNKNOWN_WRAP_UP_CODE
        raise Refused(reason, subject_id=finished.work_item_id, detail=detail)
    complete(turn, item, code=finished.code)


def complete(turn: Turn, item: WorkItem, *, code: str | None) -> None:
    """Nothing is left to do, and the agent is free for what waits."""
    agent_id = item.agent_id or ""
    turn.emit(
        d.WorkItemCompleted(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent_id,
            code=code,
            is_reopened=turn.state.get(Conversation, item.conversation_id) is not None,
        )
    )
    fill_agent(turn, turn.state.need(Agent, item.tenant_id, item.desk_id, agent_id))
