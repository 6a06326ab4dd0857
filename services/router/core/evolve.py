"""How each decision changes the state; nothing else ever does.

The meaning of a decision here never changes: the log is folded with it for ever. Whatever a
decision needs is in its fields or in the state; the time is the record's (`state.now_ms`).
"""

from typing import assert_never

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Desk, Replica, WorkItem
from services.router.core.evolve_agents import (
    change_connection,
    change_presence,
    end_take_back,
    see_replica,
)
from services.router.core.evolve_conversations import (
    close_conversation,
    file_message,
    file_reply,
    forget_last_agent,
    link,
    open_conversation,
    unlink,
)
from services.router.core.evolve_desks import apply_configuration
from services.router.core.evolve_items import (
    begin_new_wait,
    change_item,
    complete_item,
    escalate_item,
    pass_over_item,
    promote_item,
    queue_item,
    relax_item,
    resume_item,
)
from services.router.core.evolve_offers import (
    assign_item,
    change_owner,
    end_hold,
    end_reservation,
    join,
    offer_item,
    open_hold,
    remove_participant,
)
from services.router.core.evolve_promises import evolve_promise, fire_level
from services.router.core.evolve_queues import measure, note_line, set_overflow
from services.router.core.indexing import forget_replica, index_rematch
from services.router.core.state import PartitionState


def evolve(state: PartitionState, decision: d.AnyDecision) -> None:  # noqa: C901, PLR0912, PLR0915 - one case for each decision type, nothing nested
    """Apply one decision. Raises IllegalTransitionError on a move that the lifecycle lacks."""
    match decision:
        case d.MessageFiled():
            file_message(state, decision)
        case d.WorkItemQueued():
            queue_item(state, decision)
            note_line(state, decision, decision.queue_id)
        case d.ReservationOpened():
            offer_item(state, decision)
            note_line(state, decision, decision.queue_id)
        case d.WorkItemAssigned():
            assign_item(state, decision)
        case d.ReplyFiled():
            file_reply(state, decision)
        case d.ReservationEnded():
            end_reservation(state, decision)
        case d.RefusalsForgotten():
            item = state.need(WorkItem, decision.work_item_id)
            kept = [one for one in item.refusals if one[0] not in decision.agent_ids]
            change_item(state, decision.work_item_id, None, refusals=kept)
        case d.ConversationOpened():
            open_conversation(state, decision)
        case d.ConversationClosed():
            close_conversation(state, decision)
        case d.WorkItemWrappingUp():
            change_item(state, decision.work_item_id, S.WRAPPING_UP, until_ms=decision.until_ms)
        case d.WorkItemCompleted():
            complete_item(state, decision.work_item_id, state_after=S.COMPLETED)
        case d.WorkItemCanceled():
            complete_item(state, decision.work_item_id, state_after=S.CANCELED)
            note_line(state, decision, decision.queue_id)
        case d.WorkItemRelaxed():
            relax_item(state, decision)
            note_line(state, decision, decision.queue_id)
        case d.WorkItemPromoted():
            promote_item(state, decision)
        case d.WorkItemPassedOver():
            pass_over_item(state, decision)
        case d.HoldOpened():
            open_hold(state, decision)
        case d.HoldEnded():
            end_hold(state, decision)
        case d.ParticipantJoined():
            join(state, decision)
        case d.ParticipantRemoved():
            remove_participant(state, decision)
        case d.OwnerChanged():
            change_owner(state, decision)
        case d.QueueMeasured():
            measure(state, decision)
        case d.OverflowBegan():
            set_overflow(state, decision, is_overflowing=True)
        case d.OverflowEnded():
            set_overflow(state, decision, is_overflowing=False)
        case d.LastAgentForgotten():
            forget_last_agent(state, decision)
        case d.WorkItemParked():
            held = decision.held_weight
            change_item(state, decision.work_item_id, S.PARKED, held_units=held)
        case d.WorkItemHeld():
            begin_new_wait(
                state,
                decision.work_item_id,
                S.HELD,
                virtual_time_ms=decision.virtual_time_ms,
                until_ms=decision.until_ms,
                # Still the parked weight: the full one is held again only when the owner goes on.
                held_units=state.need(WorkItem, decision.work_item_id).held_units,
            )
        case d.WorkItemResumed():
            resume_item(state, decision)
        case d.EscalationFired() if decision.policy_id:
            fire_level(state, decision)
        case d.EscalationFired():
            escalate_item(state, decision)
        case d.AgentPresenceChanged():
            change_presence(state, decision)
        case d.AgentConnectionChanged():
            change_connection(state, decision)
        case d.TakeBackEnded():
            end_take_back(state, decision)
        case d.LinkAdded():
            link(state, decision)
        case d.LinkRemoved():
            unlink(state, decision)
        case d.ConfigurationApplied():
            apply_configuration(state, decision)
        case d.RematchEnded():
            desk = state.changing(Desk, decision.tenant_id, decision.desk_id)
            desk.rematch_due_ms = None
            index_rematch(state, desk)
        case d.ReplicaSeen():
            see_replica(state, decision.replica_id)
        case d.ReplicaLost():
            state.drop(Replica, decision.replica_id)
            forget_replica(state, decision.replica_id)
        case d.DeliveryFiled() | d.EventRefused() | d.EscalationAlerted():
            pass  # For the readers of the log; the engine's state has no part in them.
        case (
            d.SlaStarted()
            | d.SlaClocksSet()
            | d.SlaClocksPaused()
            | d.SlaAtRisk()
            | d.SlaBreached()
            | d.SlaMet()
            | d.SlaEnded()
            | d.EscalationLevelsSet()
            | d.EscalationStopped()
        ):
            evolve_promise(state, decision)
        case _:
            assert_never(decision)
