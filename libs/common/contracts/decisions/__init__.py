"""The facts that leave: everything the router concludes, and nothing else changes its state.

A decision names its own tenant and desk, because a tick's record may concern several. Frozen
dataclasses, since the engine makes many of them; pydantic validates what is read back. Every
decision carries what its readers need to act, contents included: they keep no state of the
router. A decision's id is `identifiers.decision_id(event id, its place)`. The meaning of a type
never changes.
"""

from typing import Annotated

from pydantic import Field

from libs.common.contracts.decisions.agents import (
    AgentConnectionChanged,
    AgentPresenceChanged,
    AgentShiftChanged,
    LastAgentForgotten,
    ReplicaLost,
    ReplicaSeen,
    TakeBackEnded,
)
from libs.common.contracts.decisions.alerts import (
    EscalationAlerted,
    EscalationAlertForgotten,
    EscalationAlertHeld,
)
from libs.common.contracts.decisions.base import Decision
from libs.common.contracts.decisions.blocking import (
    BlockedMessageFiled,
    ContactPointBlocked,
    ContactPointUnblocked,
)
from libs.common.contracts.decisions.conversations import (
    ConversationClosed,
    ConversationOpened,
    ConversationReopened,
    DeliveryFiled,
    LinkAdded,
    LinkRemoved,
    MessageFiled,
    ReopeningEnded,
    ReplyFiled,
)
from libs.common.contracts.decisions.desks import (
    ConfigurationApplied,
    EventRefused,
    RematchEnded,
)
from libs.common.contracts.decisions.follow_ups import (
    FollowUpCanceled,
    FollowUpDue,
    FollowUpScheduled,
)
from libs.common.contracts.decisions.items import (
    EscalationFired,
    RefusalsForgotten,
    WorkItemCanceled,
    WorkItemCompleted,
    WorkItemHeld,
    WorkItemParked,
    WorkItemPassedOver,
    WorkItemPromoted,
    WorkItemQueued,
    WorkItemRelaxed,
    WorkItemResumed,
    WorkItemWrappingUp,
)
from libs.common.contracts.decisions.notices import WaitNoticePutOff, WaitNoticeSent
from libs.common.contracts.decisions.offers import (
    HoldEnded,
    HoldOpened,
    OwnerChanged,
    ParticipantJoined,
    ParticipantRemoved,
    ReservationEnded,
    ReservationOpened,
    RunnerUp,
    Why,
    WorkItemAssigned,
)
from libs.common.contracts.decisions.parked import (
    InactivityClosed,
    InactivityReminded,
    WorkItemSnoozed,
    WorkItemWoken,
)
from libs.common.contracts.decisions.promises import (
    EscalationLevelsSet,
    EscalationStopped,
    PausedClock,
    PendingLevel,
    RunningClock,
    SlaAtRisk,
    SlaBreached,
    SlaClocksPaused,
    SlaClocksSet,
    SlaEnded,
    SlaMet,
    SlaStarted,
)
from libs.common.contracts.decisions.queues import (
    OverflowBegan,
    OverflowEnded,
    QueueHoursChanged,
    QueueMeasured,
)
from libs.common.contracts.decisions.threads import ConversationsMerged, ConversationSplit

AnyDecision = (
    ConfigurationApplied
    | RematchEnded
    | LinkAdded
    | LinkRemoved
    | ConversationOpened
    | MessageFiled
    | WorkItemQueued
    | ReservationOpened
    | ReservationEnded
    | WorkItemAssigned
    | RefusalsForgotten
    | ReplyFiled
    | DeliveryFiled
    | WorkItemParked
    | WorkItemSnoozed
    | WorkItemWoken
    | InactivityReminded
    | FollowUpScheduled
    | FollowUpCanceled
    | FollowUpDue
    | InactivityClosed
    | WorkItemHeld
    | WorkItemResumed
    | WorkItemWrappingUp
    | WorkItemCompleted
    | WorkItemCanceled
    | WorkItemRelaxed
    | WorkItemPromoted
    | WorkItemPassedOver
    | HoldOpened
    | HoldEnded
    | ParticipantJoined
    | ParticipantRemoved
    | OwnerChanged
    | QueueMeasured
    | OverflowBegan
    | OverflowEnded
    | QueueHoursChanged
    | BlockedMessageFiled
    | ContactPointBlocked
    | ContactPointUnblocked
    | ConversationsMerged
    | ConversationSplit
    | WaitNoticeSent
    | WaitNoticePutOff
    | LastAgentForgotten
    | ConversationClosed
    | ConversationReopened
    | ReopeningEnded
    | EscalationFired
    | SlaStarted
    | SlaClocksSet
    | SlaClocksPaused
    | SlaAtRisk
    | SlaBreached
    | SlaMet
    | SlaEnded
    | EscalationLevelsSet
    | EscalationStopped
    | EscalationAlerted
    | EscalationAlertForgotten
    | EscalationAlertHeld
    | AgentPresenceChanged
    | AgentConnectionChanged
    | AgentShiftChanged
    | TakeBackEnded
    | ReplicaSeen
    | ReplicaLost
    | EventRefused
)
TaggedDecision = Annotated[AnyDecision, Field(discriminator="type")]
DECISION_TYPES: dict[str, type[Decision]] = {
    decision.__dataclass_fields__["type"].default: decision for decision in AnyDecision.__args__
}

__all__ = [
    "DECISION_TYPES",
    "AgentConnectionChanged",
    "AgentPresenceChanged",
    "AgentShiftChanged",
    "AnyDecision",
    "BlockedMessageFiled",
    "ConfigurationApplied",
    "ContactPointBlocked",
    "ContactPointUnblocked",
    "ConversationClosed",
    "ConversationOpened",
    "ConversationReopened",
    "ConversationSplit",
    "ConversationsMerged",
    "Decision",
    "DeliveryFiled",
    "EscalationAlertForgotten",
    "EscalationAlertHeld",
    "EscalationAlerted",
    "EscalationFired",
    "EscalationLevelsSet",
    "EscalationStopped",
    "EventRefused",
    "FollowUpCanceled",
    "FollowUpDue",
    "FollowUpScheduled",
    "HoldEnded",
    "HoldOpened",
    "InactivityClosed",
    "InactivityReminded",
    "LastAgentForgotten",
    "LinkAdded",
    "LinkRemoved",
    "MessageFiled",
    "OverflowBegan",
    "OverflowEnded",
    "OwnerChanged",
    "ParticipantJoined",
    "ParticipantRemoved",
    "PausedClock",
    "PendingLevel",
    "QueueHoursChanged",
    "QueueMeasured",
    "RefusalsForgotten",
    "RematchEnded",
    "ReopeningEnded",
    "ReplicaLost",
    "ReplicaSeen",
    "ReplyFiled",
    "ReservationEnded",
    "ReservationOpened",
    "RunnerUp",
    "RunningClock",
    "SlaAtRisk",
    "SlaBreached",
    "SlaClocksPaused",
    "SlaClocksSet",
    "SlaEnded",
    "SlaMet",
    "SlaStarted",
    "TaggedDecision",
    "TakeBackEnded",
    "WaitNoticePutOff",
    "WaitNoticeSent",
    "Why",
    "WorkItemAssigned",
    "WorkItemCanceled",
    "WorkItemCompleted",
    "WorkItemHeld",
    "WorkItemParked",
    "WorkItemPassedOver",
    "WorkItemPromoted",
    "WorkItemQueued",
    "WorkItemRelaxed",
    "WorkItemResumed",
    "WorkItemSnoozed",
    "WorkItemWoken",
    "WorkItemWrappingUp",
]
