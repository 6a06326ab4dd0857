"""What a record means for the memory: which function projects which decision, and a customer event.

Each decision type that leaves a trace has one function; the others are listed as silent, and a
test holds that every type of the contract stands in exactly one of the two lists. Content, order
and existence come from counted decisions alone: a raw event is only a request.
"""

from collections.abc import Callable
from typing import Any

from libs.common.contracts import decisions
from libs.common.contracts.events import CustomerEventRecorded
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import ContactPointId
from libs.common.contracts.wire import Event
from libs.common.errors import UnprocessableError
from libs.common.identifiers import customer_id_of
from services.history.core import blocking, company, filing, threads, work
from services.history.core.changes import Entry, Origin, Party, Writes
from services.history.core.decision_places import DecisionPlace
from services.history.core.positions import Place, position_of

SILENT: frozenset[type[decisions.Decision]] = frozenset(
    {
        decisions.ConfigurationApplied,
        decisions.RematchEnded,
        decisions.ReservationEnded,
        decisions.RefusalsForgotten,
        decisions.AgentPresenceChanged,
        decisions.AgentShiftChanged,
        decisions.AgentConnectionChanged,
        decisions.TakeBackEnded,
        decisions.ReplicaSeen,
        decisions.ReplicaLost,
        decisions.LastAgentForgotten,
        decisions.WorkItemWoken,
        decisions.FollowUpCanceled,
        decisions.FollowUpDue,
        decisions.InactivityReminded,
        decisions.InactivityClosed,
        decisions.ReopeningEnded,
        decisions.WorkItemPassedOver,
        decisions.QueueMeasured,
        # The words are a reply, and stand in the timeline as one.
        decisions.WaitNoticeSent,
        decisions.WaitNoticePutOff,
        decisions.OverflowBegan,
        decisions.QueueHoursChanged,
        decisions.OverflowEnded,
        decisions.EscalationLevelsSet,
        decisions.EscalationStopped,
        decisions.EscalationAlerted,
        decisions.EscalationAlertHeld,
        decisions.EscalationAlertForgotten,
        decisions.SlaStarted,
        decisions.SlaClocksSet,
        decisions.SlaClocksPaused,
        decisions.SlaAtRisk,
        decisions.SlaMet,
        decisions.SlaEnded,
        decisions.EventRefused,
    }
)
# Each function takes its own decision type, which a table can't say more closely.
Projection = Callable[[Any, DecisionPlace, Writes], None]
PROJECTIONS: dict[type[decisions.Decision], Projection] = {
    decisions.LinkAdded: filing.link_added,
    decisions.LinkRemoved: filing.link_removed,
    decisions.ConversationOpened: filing.opened,
    decisions.MessageFiled: filing.message_filed,
    decisions.ReplyFiled: filing.reply_filed,
    decisions.DeliveryFiled: filing.delivery_filed,
    decisions.ConversationClosed: filing.closed,
    decisions.ConversationReopened: filing.reopened,
    decisions.BlockedMessageFiled: blocking.message_filed,
    decisions.ContactPointBlocked: blocking.blocked,
    decisions.ContactPointUnblocked: blocking.unblocked,
    decisions.ConversationsMerged: threads.merged,
    decisions.ConversationSplit: threads.split,
    decisions.WorkItemQueued: work.queued,
    decisions.ReservationOpened: work.reserved,
    decisions.WorkItemAssigned: work.assigned,
    decisions.WorkItemParked: work.parked,
    decisions.WorkItemSnoozed: work.snoozed,
    decisions.FollowUpScheduled: work.follow_up_scheduled,
    decisions.WorkItemHeld: work.held,
    decisions.WorkItemResumed: work.resumed,
    decisions.WorkItemWrappingUp: work.wrapping_up,
    decisions.WorkItemCompleted: work.completed,
    decisions.WorkItemCanceled: work.canceled,
    decisions.WorkItemRelaxed: work.relaxed,
    decisions.WorkItemPromoted: work.promoted,
    decisions.HoldOpened: company.hold_opened,
    decisions.HoldEnded: company.hold_ended,
    decisions.ParticipantJoined: company.joined,
    decisions.ParticipantRemoved: company.left,
    decisions.OwnerChanged: company.owner_changed,
    decisions.EscalationFired: work.escalated,
    decisions.SlaBreached: work.breached,
}


def project(record: DecisionRecord, place: Place, writes: Writes) -> None:
    """Add all that one counted record changes, in the order of its decisions."""
    for number, decision in enumerate(record.decisions):
        if type(decision) not in SILENT:
            at = DecisionPlace(
                place=place, event_id=record.event_id, number=number, beside=record.decisions
            )
            PROJECTIONS[type(decision)](decision, at, writes)


def entry_of(event: Event, place: Place) -> Entry:
    """The timeline entry of a customer event, under the contact point's own customer.

    Raises UnprocessableError when the event is of another kind or names no tenant.
    """
    data = event.data
    if not isinstance(data, CustomerEventRecorded):
        raise UnprocessableError("event is not one for the timeline alone")
    if not event.tenant_id:
        raise UnprocessableError("customer event names no tenant")
    return Entry(
        entry_id=f"event/{event.id}",
        position=position_of(place, 0),
        tenant_id=event.tenant_id,
        desk_id=event.desk_id,
        origin=Origin.CUSTOMER,
        kind=data.kind,
        appended_ms=place.appended_ms,
        occurred_ms=event.time_ms,
        party=Party(
            customer_id=customer_id_of(ContactPointId(data.contact_point_id)),
            contact_point_id=data.contact_point_id,
            family=data.family,
            address=data.address,
        ),
        details={"summary": data.summary},
        attributes=data.attributes,
    )
