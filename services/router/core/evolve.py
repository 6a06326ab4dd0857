"""How each decision changes the state; nothing else ever does.

The meaning of a decision here never changes: the log is folded with it for ever. Whatever a
decision needs is in its fields or in the state; the time is the record's (`state.now_ms`).
"""

from collections.abc import Callable
from typing import Any

from libs.common.contracts import decisions as d
from services.router.core import evolve_aftercare as aftercare
from services.router.core import evolve_agents as agents
from services.router.core import evolve_alerts as alerts
from services.router.core import evolve_conversations as conversations
from services.router.core import evolve_desks as desks
from services.router.core import evolve_items as items
from services.router.core import evolve_offers as offers
from services.router.core import evolve_parked as parked
from services.router.core import evolve_promises as promises
from services.router.core import evolve_queues as queues
from services.router.core.state import PartitionState


def evolve(state: PartitionState, decision: d.AnyDecision) -> None:
    """Apply one decision. Raises IllegalTransitionError on a move that the lifecycle lacks."""
    CHANGES[type(decision)](state, decision)


def _nothing(*_: object) -> None:
    """It is for the readers of the log; the engine's state has no part in it."""


def _escalate(state: PartitionState, fired: d.EscalationFired) -> None:
    """A level of a policy, or the short form of a queue."""
    if fired.policy_id:
        promises.fire_level(state, fired)
    else:
        items.escalate_item(state, fired)


# By type: there are forty, and to try each in turn costs more than most of these changes.
CHANGES: dict[type[d.Decision], Callable[[PartitionState, Any], None]] = {
    d.ConversationOpened: conversations.open_conversation,
    d.MessageFiled: conversations.file_message,
    d.ReplyFiled: conversations.file_reply,
    d.ConversationClosed: conversations.close_conversation,
    d.ConversationReopened: conversations.reopen_conversation,
    d.ReopeningEnded: conversations.end_reopening,
    d.BlockedMessageFiled: _nothing,
    d.ContactPointBlocked: conversations.block,
    d.ContactPointUnblocked: conversations.unblock,
    d.ConversationsMerged: conversations.merge,
    d.ConversationSplit: conversations.split,
    d.FollowUpScheduled: aftercare.schedule_follow_up,
    d.FollowUpCanceled: aftercare.end_follow_up,
    d.FollowUpDue: aftercare.end_follow_up,
    d.LastAgentForgotten: conversations.forget_last_agent,
    d.LinkAdded: conversations.link,
    d.LinkRemoved: conversations.unlink,
    d.WorkItemQueued: items.queue_item,
    d.WorkItemRelaxed: items.relax_item,
    d.WorkItemPromoted: items.promote_item,
    d.WorkItemPassedOver: items.pass_over_item,
    d.EscalationFired: _escalate,
    d.RefusalsForgotten: items.forget_refusals,
    d.WaitNoticeSent: items.note_notice,
    d.WaitNoticePutOff: items.put_notice_off,
    d.WorkItemParked: items.park_item,
    d.WorkItemSnoozed: parked.snooze_item,
    d.WorkItemWoken: parked.wake_item,
    d.InactivityReminded: parked.remind,
    d.InactivityClosed: parked.end_for_silence,
    d.WorkItemHeld: items.hold_item,
    d.WorkItemResumed: items.resume_item,
    d.WorkItemWrappingUp: items.wrap_up_item,
    d.WorkItemCompleted: items.complete_item,
    d.WorkItemCanceled: items.cancel_item,
    d.ReservationOpened: offers.offer_item,
    d.ReservationEnded: offers.end_reservation,
    d.WorkItemAssigned: offers.assign_item,
    d.HoldOpened: offers.open_hold,
    d.HoldEnded: offers.end_hold,
    d.ParticipantJoined: offers.join,
    d.ParticipantRemoved: offers.remove_participant,
    d.OwnerChanged: offers.change_owner,
    d.QueueMeasured: queues.measure,
    d.OverflowBegan: queues.begin_overflow,
    d.OverflowEnded: queues.end_overflow,
    d.QueueHoursChanged: queues.change_hours,
    d.AgentPresenceChanged: agents.change_presence,
    d.AgentConnectionChanged: agents.change_connection,
    d.AgentShiftChanged: agents.change_shift,
    d.TakeBackEnded: agents.end_take_back,
    d.ReplicaSeen: agents.hear_replica,
    d.ReplicaLost: agents.lose_replica,
    d.ConfigurationApplied: desks.apply_configuration,
    d.RematchEnded: desks.end_rematch,
    d.SlaStarted: promises.start_clocks,
    d.SlaClocksSet: promises.change_clocks,
    d.SlaClocksPaused: promises.change_clocks,
    d.SlaAtRisk: promises.change_clocks,
    d.SlaBreached: promises.change_clocks,
    d.SlaMet: promises.change_clocks,
    d.SlaEnded: promises.end_clocks,
    d.EscalationLevelsSet: promises.set_levels,
    d.EscalationStopped: promises.stop_levels,
    d.EscalationAlerted: alerts.alert,
    d.EscalationAlertHeld: alerts.hold,
    d.EscalationAlertForgotten: alerts.forget,
    d.DeliveryFiled: _nothing,
    d.EventRefused: _nothing,
}
