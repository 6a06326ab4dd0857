"""Two conversations of one customer become one, because an agent says so and never by a link (R21).

The older one survives and keeps its owner. Where it has none and the other has, that owner goes on:
nobody is sent back into a line because they wrote twice.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import (
    HoldKind,
    QueueingReason,
    RefusalReason,
    ReservationOutcome,
)
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Conversation, Desk, WorkItem
from services.router.core.lifecycle import OWNED
from services.router.core.links import linked_contact_points
from services.router.core.offering import (
    as_candidate,
    assign,
    end_capacity_hold,
    end_hold,
    has_room,
    offer,
)
from services.router.core.placing import place_item, place_with, queue_again, remove_participants
from services.router.core.reservations import end_all
from services.router.core.threads import points_of
from services.router.core.turn import Refused, Turn
from services.router.core.work import cancel, return_from_customer

MERGED_POINTS_MAX = 16
_STILL_WAITS = frozenset({S.QUEUED, S.RESERVED, S.HELD})
Side = tuple[Conversation, WorkItem]


def merge(turn: Turn, desk: Desk, request: e.MergeRequested) -> None:
    """Let the older conversation go on alone. Refuses calls, strangers and other people's work."""
    sides = (
        _side(turn, desk, request.conversation_id),
        _side(turn, desk, request.with_conversation_id),
    )
    _check(turn, desk, request, sides)
    (survivor, kept), (merged, lost) = sorted(sides, key=_age)
    lost_owner = _owner_of(lost)
    was_parked, stays_parked = lost.state is S.PARKED, kept.state is S.PARKED
    virtual_time_ms, waiting_since_ms = lost.virtual_time_ms, lost.waiting_since_ms
    _end_work(turn, lost)
    if stays_parked and not was_parked:
        return_from_customer(turn, desk, kept)
    if was_parked or kept.state not in _STILL_WAITS:
        virtual_time_ms, waiting_since_ms = kept.virtual_time_ms, kept.waiting_since_ms
    turn.emit(
        d.ConversationsMerged(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=survivor.conversation_id,
            merged_conversation_id=merged.conversation_id,
            work_item_id=kept.work_item_id,
            contact_point_id=survivor.contact_point_id,
            merged_contact_point_id=merged.contact_point_id,
            customer_id=survivor.customer_id,
            merged_customer_id=merged.customer_id,
            agent_id=request.agent_id,
            owner_id=_owner_of(kept),
            merged_owner_id=lost_owner,
            virtual_time_ms=min(kept.virtual_time_ms, virtual_time_ms),
            waiting_since_ms=min(kept.waiting_since_ms, waiting_since_ms),
        )
    )
    if lost_owner is not None and _owner_of(kept) is None:
        _give(turn, desk, kept, turn.state.need(Agent, *desk.key, lost_owner))


def _side(turn: Turn, desk: Desk, conversation_id: str) -> Side:
    conversation = turn.state.get(Conversation, conversation_id)
    if conversation is None or (conversation.tenant_id, conversation.desk_id) != desk.key:
        raise Refused(RefusalReason.UNKNOWN_CONVERSATION, subject_id=conversation_id)
    return conversation, turn.state.need(WorkItem, conversation.work_item_id or "")


def _check(turn: Turn, desk: Desk, request: e.MergeRequested, sides: tuple[Side, Side]) -> None:
    (one, one_item), (other, other_item) = sides
    if one is other:
        reason = RefusalReason.ILLEGAL_TRANSITION
        raise Refused(reason, subject_id=one.conversation_id, detail="the conversation itself")
    if request.agent_id not in (_owner_of(one_item), _owner_of(other_item)):
        raise Refused(RefusalReason.NOT_THE_OWNER, subject_id=one.conversation_id)
    for item in (one_item, other_item):
        if desk.configuration.channel(item.channel).exclusive:
            detail = "a call is never merged"
            reason = RefusalReason.ILLEGAL_TRANSITION
            raise Refused(reason, subject_id=item.conversation_id, detail=detail)
    if not request.across_customers and not _is_one_customer(turn, desk, one, other):
        raise Refused(RefusalReason.DIFFERENT_CUSTOMERS, subject_id=other.conversation_id)
    if len({*points_of(one), *points_of(other)}) > MERGED_POINTS_MAX:
        detail = "merged contact points"
        raise Refused(RefusalReason.LIMIT_REACHED, subject_id=one.conversation_id, detail=detail)


def _is_one_customer(turn: Turn, desk: Desk, one: Conversation, other: Conversation) -> bool:
    """By their contact points and the links of now."""
    reached = set(points_of(one))
    for point in points_of(one):
        reached.update(linked_contact_points(turn.state, desk, point))
    return not reached.isdisjoint(points_of(other))


def _age(side: Side) -> tuple[int, int, str]:
    conversation, item = side
    return (conversation.opened_ms, item.sequence, conversation.conversation_id)


def _owner_of(item: WorkItem) -> str | None:
    return item.agent_id if item.state in OWNED else None


def _end_work(turn: Turn, item: WorkItem) -> None:
    """Nobody has it or is asked for it any more, and whoever was is free for what waits."""
    concerned = [agent_id for agent_id, _ in item.offered]
    if item.agent_id is not None:
        concerned.append(item.agent_id)
    remove_participants(turn, item, cause="merged")
    cancel(turn, item, cause="merged")
    for agent_id in concerned:
        turn.free((item.tenant_id, item.desk_id, agent_id))


def _give(turn: Turn, desk: Desk, item: WorkItem, agent: Agent) -> None:
    """Nobody owns the survivor: it is for whoever owned the other one."""
    if any(agent_id == agent.agent_id for agent_id, _ in item.offered):
        assign(turn, item, agent.agent_id)
        return
    if item.state is S.RESERVED:
        asked = [agent_id for agent_id, _ in item.offered]
        end_all(turn, item, ReservationOutcome.CANCELED)
        queue_again(turn, item, reason=QueueingReason.MERGED, is_placed=False)
        for agent_id in asked:
            turn.free((*desk.key, agent_id))
    end_hold(turn, item, cause="merged")
    end_capacity_hold(turn, item, cause="merged")
    if item.excludes(agent.agent_id):
        # They refused this very work a moment ago (R12).
        place_item(turn, item)
        return
    if has_room(turn, agent, item) and agent.kept_for is None:
        offer(turn, item, [as_candidate(agent)], chosen_for=HoldKind.TRANSFER.value)
        if item.agent_id is None:
            assign(turn, item, agent.agent_id)
        return
    for_s = desk.configuration.policies.owner_hold_s
    place_with(turn, item, agent, HoldKind.TRANSFER, for_s=for_s)
