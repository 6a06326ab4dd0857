"""Who takes part beside the owner: consultants, conferees and monitors (R19).

One owner answers for the conversation (I4). When the owner leaves, the successor named among those
who take part owns it in the same record; without one the item stands in its line again.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import ParticipantKind, QueueingReason, RefusalReason
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Conversation, Desk, WorkItem
from services.router.core.placing import fill_agent, queue_again, remove_participant
from services.router.core.turn import Refused, Turn

PARTICIPANTS_MAX = 8
# What one agent's leaving causes must fit into one record (R2).
PARTICIPATIONS_MAX = 64


def invite(turn: Turn, desk: Desk, item: WorkItem, invited: e.ParticipantInvited) -> None:
    """The agent takes part at the desk's participant weight; a monitor costs nothing."""
    agent = turn.state.get(Agent, *desk.key, invited.participant_id)
    index = turn.state.index_of(desk.key)
    if agent is None or agent.agent_id not in index.profiles.of_agent:
        raise Refused(RefusalReason.UNKNOWN_AGENT, subject_id=invited.participant_id)
    if item.agent_id == agent.agent_id or agent.agent_id in item.participants:
        raise Refused(RefusalReason.ILLEGAL_TRANSITION, subject_id=agent.agent_id)
    if len(item.participants) >= PARTICIPANTS_MAX:
        raise Refused(RefusalReason.LIMIT_REACHED, subject_id=item.work_item_id)
    if _participations(turn, agent) >= PARTICIPATIONS_MAX:
        raise Refused(RefusalReason.LIMIT_REACHED, subject_id=agent.agent_id)
    weight = 0
    if invited.kind is not ParticipantKind.MONITOR:
        weight = desk.configuration.policies.participant_weight
        _check_room(turn, agent, weight)
    turn.emit(
        d.ParticipantJoined(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent.agent_id,
            kind=invited.kind,
            weight=weight,
            by_agent_id=invited.agent_id,
        )
    )


def _participations(turn: Turn, agent: Agent) -> int:
    held = turn.state.held.get((agent.tenant_id, agent.desk_id, agent.agent_id), {})
    items = (turn.state.need(WorkItem, work_item_id) for work_item_id in held)
    return sum(agent.agent_id in item.participants for item in items)


def leave_conversation(turn: Turn, desk: Desk, left: e.ParticipantLeft) -> None:
    """The participant is free for other work."""
    conversation = turn.state.get(Conversation, left.conversation_id)
    if conversation is None or (conversation.tenant_id, conversation.desk_id) != desk.key:
        raise Refused(RefusalReason.UNKNOWN_CONVERSATION, subject_id=left.conversation_id)
    item = turn.state.get(WorkItem, conversation.work_item_id or "")
    if item is None or left.agent_id not in item.participants:
        raise Refused(RefusalReason.UNKNOWN_PARTICIPANT, subject_id=left.agent_id)
    remove_participant(turn, item, left.agent_id, cause="left")
    fill_agent(turn, turn.state.need(Agent, *desk.key, left.agent_id))


def leave_all(turn: Turn, agent: Agent) -> None:
    """An agent who can't be reached takes part in nothing."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    for work_item_id in sorted(turn.state.held.get(key, {})):
        item = turn.state.need(WorkItem, work_item_id)
        if agent.agent_id in item.participants:
            remove_participant(turn, item, agent.agent_id, cause="unreachable")


def succeed(turn: Turn, desk: Desk, item: WorkItem, left: e.OwnerLeft) -> None:
    """The successor owns the conversation, or without one the item stands in its line again."""
    owner_id = item.agent_id or ""
    if left.successor_id is None:
        queue_again(turn, item, reason=QueueingReason.OWNER_LEFT, by_agent_id=owner_id)
    else:
        _promote(turn, desk, item, left.successor_id)
    fill_agent(turn, turn.state.need(Agent, *desk.key, owner_id))


def _promote(turn: Turn, desk: Desk, item: WorkItem, successor_id: str) -> None:
    kind, weight = item.participants.get(successor_id, (ParticipantKind.MONITOR, 0))
    if kind is ParticipantKind.MONITOR:
        raise Refused(RefusalReason.UNKNOWN_PARTICIPANT, subject_id=successor_id)
    if item.state is not S.ASSIGNED:
        raise Refused(RefusalReason.ILLEGAL_TRANSITION, subject_id=item.work_item_id)
    _check_room(turn, turn.state.need(Agent, *desk.key, successor_id), item.weight - weight)
    turn.emit(
        d.OwnerChanged(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            from_agent_id=item.agent_id or "",
            agent_id=successor_id,
        )
    )


def _check_room(turn: Turn, agent: Agent, units: int) -> None:
    """Taking part is between people: units must be free, channels and skills are not asked."""
    seat = turn.state.index_of((agent.tenant_id, agent.desk_id)).bench.seat_of(agent.agent_id)
    if seat is None:
        raise Refused(RefusalReason.AGENT_ABSENT, subject_id=agent.agent_id)
    if seat.is_kept or seat.free_units < units:
        raise Refused(RefusalReason.NO_CAPACITY, subject_id=agent.agent_id)
