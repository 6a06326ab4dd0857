"""What was promised for later: "we call you at three". The work comes back then, open or not.

A follow-up belongs to the conversation and outlives its work: the owner may park it, put it aside,
close it. When it is time the work goes to whoever promised it, if they are there; otherwise it
stands in its line with all the head start that the desk gives to anything (`max_credit_s`), so
that of its class only what has waited that long goes first (R4). A thread that is over goes on
with a new work item, as if its customer had written (R23).
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import Step
from libs.common.contracts.terms import HoldKind, QueueingReason, RefusalReason
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import work_item_id_of
from services.router.core.aftercare import ClosedConversation, FollowUp
from services.router.core.due_times import check_due
from services.router.core.entities import Agent, ContactPoint, Conversation, Desk, WorkItem
from services.router.core.lifecycle import WAITING
from services.router.core.placing import place_item, place_with, queue_or_default
from services.router.core.reopening import go_on
from services.router.core.seating import combined
from services.router.core.stepping import widen
from services.router.core.turn import Refused, Turn
from services.router.core.work import return_from_customer

FOLLOW_UPS_MAX = 1_000_000
RULE_ID = "follow_up"


def schedule(turn: Turn, desk: Desk, item: WorkItem, asked: e.FollowUpRequested) -> None:
    """Promise it for that time; what was promised before is put off. Nothing else changes."""
    check_due(turn, asked.due_ms, subject_id=asked.conversation_id)
    is_put_off = turn.state.get(FollowUp, asked.conversation_id) is not None
    if not is_put_off and len(turn.state.tables["follow_up"]) >= FOLLOW_UPS_MAX:
        raise Refused(RefusalReason.LIMIT_REACHED, detail="follow-ups")
    turn.emit(
        d.FollowUpScheduled(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=asked.conversation_id,
            agent_id=asked.agent_id,
            queue_id=item.queue_id,
            due_ms=asked.due_ms,
            zone=asked.zone,
            note=asked.note,
            is_put_off=is_put_off,
        )
    )


def cancel(turn: Turn, desk: Desk, asked: e.FollowUpCancelRequested) -> None:
    """Whoever promised it takes it back, whether the conversation is open or not."""
    follow_up = turn.state.get(FollowUp, asked.conversation_id)
    if follow_up is None or (follow_up.tenant_id, follow_up.desk_id) != desk.key:
        raise Refused(RefusalReason.UNKNOWN_FOLLOW_UP, subject_id=asked.conversation_id)
    if follow_up.agent_id != asked.agent_id:
        raise Refused(RefusalReason.NOT_THE_OWNER, subject_id=asked.conversation_id)
    turn.emit(
        d.FollowUpCanceled(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=asked.conversation_id,
            agent_id=asked.agent_id,
        )
    )


def fall_due(turn: Turn, follow_up: FollowUp) -> None:
    """It is time: the work comes back, from wherever it is."""
    desk = turn.state.need(Desk, follow_up.tenant_id, follow_up.desk_id)
    turn.emit(
        d.FollowUpDue(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            conversation_id=follow_up.conversation_id,
            agent_id=follow_up.agent_id,
            due_ms=follow_up.due_ms,
            zone=follow_up.zone,
            note=follow_up.note,
        )
    )
    conversation = turn.state.get(Conversation, follow_up.conversation_id)
    closed = turn.state.get(ClosedConversation, follow_up.conversation_id)
    if conversation is not None:
        _bring_back(turn, desk, turn.state.need(WorkItem, conversation.work_item_id or ""))
    elif closed is not None and _has_room_for(turn, desk, closed):
        _begin_anew(turn, desk, follow_up, go_on(turn, closed, channel=closed.channel))


def _bring_back(turn: Turn, desk: Desk, item: WorkItem) -> None:
    """Whoever has it at hand is told; what waits for an agent goes before what waits shorter."""
    credit_s = desk.configuration.policies.max_credit_s
    if item.state is S.PARKED:
        return_from_customer(turn, desk, item, credit_ms=1_000 * credit_s)
    elif item.state in WAITING:
        widen(turn, item, Step(after_s=1, credit_s=credit_s), number=item.step)


def _has_room_for(turn: Turn, desk: Desk, closed: ClosedConversation) -> bool:
    """Not beside another thread of the same address (R22): its customer is being served."""
    point = turn.state.get(ContactPoint, *desk.key, closed.contact_point_id)
    return point is None or point.conversation_id is None


def _begin_anew(turn: Turn, desk: Desk, follow_up: FollowUp, conversation: Conversation) -> None:
    """New work for a thread that was over, for whoever promised it before all others."""
    queue_id = queue_or_default(turn, desk, follow_up.queue_id)
    requires, prefers = combined(turn.state.index_of(desk.key).queues[queue_id], None)
    policies = desk.configuration.policies
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
            strict_class=desk.configuration.default.strict_class,
            virtual_time_ms=turn.now_ms - 1_000 * policies.max_credit_s,
            sequence=turn.next_sequence(),
            reason=QueueingReason.ARRIVED,
            rule_id=RULE_ID,
            configuration_version=desk.version,
            note=follow_up.note,
            plan_id=desk.plan_of.get(queue_id, ""),
        )
    )
    item = turn.state.need(WorkItem, work_item_id)
    agent = turn.state.get(Agent, *desk.key, follow_up.agent_id)
    profiles = turn.state.index_of(desk.key).profiles.of_agent
    if agent is not None and agent.is_present and agent.agent_id in profiles:
        place_with(turn, item, agent, HoldKind.LAST_AGENT, for_s=policies.owner_hold_s)
    else:
        place_item(turn, item)
