"""Who is told of which decision, and under which name: one table, and what has no entry in it.

A new type of decision must be added here, to one of the two: a test compares both with the
contract. `agent_fields` name the fields of the decision that hold who is told, one or several;
`supervisors` says when the desk's supervisors are; `withheld` are fields that no stream shows.
"""

from collections.abc import Callable
from dataclasses import dataclass

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import DEAD_LETTER_REASONS, DeliveryOutcome, Role


def _always(_: d.Decision) -> bool:
    return True


def _never(_: d.Decision) -> bool:
    return False


def _if_of_queue(decision: d.Decision) -> bool:
    """A level of a policy is told by its alert, once for many."""
    return isinstance(decision, d.EscalationFired) and not decision.policy_id


def _if_over_streams(decision: d.Decision) -> bool:
    """Where supervisors are among those who are told, and streams among the ways."""
    return (
        isinstance(decision, d.EscalationAlerted)
        and "stream" in decision.ways
        and bool({Role.SUPERVISOR, Role.ADMINISTRATOR} & set(decision.notify_roles))
    )


def _if_undelivered(decision: d.Decision) -> bool:
    return isinstance(decision, d.DeliveryFiled) and decision.outcome is DeliveryOutcome.FAILED


def _if_lost(decision: d.Decision) -> bool:
    """What a person may want to replay; other refusals answer their sender alone."""
    return isinstance(decision, d.EventRefused) and decision.reason in DEAD_LETTER_REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How one type of decision is told."""

    type: str
    agent_fields: tuple[str, ...] = ()
    supervisors: Callable[[d.Decision], bool] = _always
    withheld: tuple[str, ...] = ()


_AGENT = ("agent_id",)

TELLINGS: dict[type[d.Decision], Telling] = {
    d.ConfigurationApplied: Telling(type="configuration.applied", withheld=("configuration",)),
    d.ConversationOpened: Telling(type="conversation.opened"),
    d.ConversationReopened: Telling(type="conversation.reopened"),
    d.MessageFiled: Telling(
        type="message.filed", agent_fields=("owner_id", "participant_ids"), supervisors=_never
    ),
    d.WorkItemQueued: Telling(type="work_item.queued", agent_fields=("by_agent_id",)),
    d.ReservationOpened: Telling(type="reservation.opened", agent_fields=_AGENT),
    d.ReservationEnded: Telling(type="reservation.ended", agent_fields=_AGENT),
    d.WorkItemAssigned: Telling(type="work_item.assigned", agent_fields=_AGENT),
    d.ReplyFiled: Telling(
        type="reply.filed", agent_fields=("agent_id", "participant_ids"), supervisors=_never
    ),
    d.DeliveryFiled: Telling(
        type="delivery.filed", agent_fields=_AGENT, supervisors=_if_undelivered
    ),
    d.WorkItemParked: Telling(type="work_item.parked", agent_fields=_AGENT),
    d.WorkItemSnoozed: Telling(type="work_item.snoozed", agent_fields=_AGENT),
    d.WorkItemWoken: Telling(type="work_item.woken", agent_fields=_AGENT),
    d.InactivityReminded: Telling(type="inactivity.reminded", agent_fields=_AGENT),
    d.InactivityClosed: Telling(type="inactivity.closed", agent_fields=_AGENT),
    d.FollowUpScheduled: Telling(type="follow_up.scheduled", agent_fields=_AGENT),
    d.FollowUpCanceled: Telling(type="follow_up.canceled", agent_fields=_AGENT),
    d.FollowUpDue: Telling(type="follow_up.due", agent_fields=_AGENT),
    d.WorkItemHeld: Telling(type="work_item.held", agent_fields=_AGENT),
    d.WorkItemResumed: Telling(type="work_item.resumed", agent_fields=_AGENT),
    d.WorkItemWrappingUp: Telling(type="work_item.wrapping_up", agent_fields=_AGENT),
    d.WorkItemCompleted: Telling(type="work_item.completed", agent_fields=_AGENT),
    d.WorkItemCanceled: Telling(type="work_item.canceled", agent_fields=_AGENT),
    d.BlockedMessageFiled: Telling(type="message.blocked", supervisors=_never),
    d.ContactPointBlocked: Telling(type="contact_point.blocked", agent_fields=_AGENT),
    d.ContactPointUnblocked: Telling(type="contact_point.unblocked", agent_fields=_AGENT),
    d.ConversationsMerged: Telling(
        type="conversations.merged", agent_fields=("owner_id", "merged_owner_id", "agent_id")
    ),
    d.ConversationSplit: Telling(type="conversation.split", agent_fields=_AGENT),
    d.WorkItemRelaxed: Telling(type="work_item.relaxed"),
    d.WorkItemPromoted: Telling(type="work_item.promoted"),
    d.WorkItemPassedOver: Telling(type="work_item.passed_over"),
    d.HoldOpened: Telling(type="hold.opened", agent_fields=_AGENT),
    d.HoldEnded: Telling(type="hold.ended", agent_fields=_AGENT),
    d.ParticipantJoined: Telling(
        type="participant.joined", agent_fields=("agent_id", "by_agent_id")
    ),
    d.ParticipantRemoved: Telling(type="participant.removed", agent_fields=_AGENT),
    d.OwnerChanged: Telling(type="owner.changed", agent_fields=("agent_id", "from_agent_id")),
    d.WaitNoticeSent: Telling(type="wait_notice.sent"),
    d.QueueMeasured: Telling(type="queue.measured"),
    d.OverflowBegan: Telling(type="overflow.began"),
    d.OverflowEnded: Telling(type="overflow.ended"),
    d.ConversationClosed: Telling(type="conversation.closed", agent_fields=_AGENT),
    d.EscalationFired: Telling(type="escalation.fired", supervisors=_if_of_queue),
    d.EscalationAlerted: Telling(type="escalation.alerted", supervisors=_if_over_streams),
    d.EscalationStopped: Telling(type="escalation.stopped"),
    d.SlaAtRisk: Telling(type="sla.at_risk"),
    d.SlaBreached: Telling(type="sla.breached"),
    d.SlaMet: Telling(type="sla.met"),
    d.AgentShiftChanged: Telling(type="agent.shift_changed", agent_fields=_AGENT),
    d.QueueHoursChanged: Telling(type="queue.hours_changed"),
    d.AgentPresenceChanged: Telling(type="agent.presence_changed", agent_fields=_AGENT),
    d.AgentConnectionChanged: Telling(type="agent.connection_changed", agent_fields=_AGENT),
    d.TakeBackEnded: Telling(type="agent.take_back_ended", agent_fields=_AGENT),
    d.EventRefused: Telling(type="event.refused", agent_fields=_AGENT, supervisors=_if_lost),
}

# The engine's own bookkeeping, and what only the timeline needs.
UNTOLD: frozenset[type[d.Decision]] = frozenset(
    {
        d.RematchEnded,
        d.WaitNoticePutOff,
        d.EscalationAlertHeld,
        d.EscalationAlertForgotten,
        d.EscalationLevelsSet,
        d.SlaStarted,
        d.SlaClocksSet,
        d.SlaClocksPaused,
        d.SlaEnded,
        d.LinkAdded,
        d.LinkRemoved,
        d.RefusalsForgotten,
        d.LastAgentForgotten,
        d.ReopeningEnded,
        d.ReplicaSeen,
        d.ReplicaLost,
    }
)
