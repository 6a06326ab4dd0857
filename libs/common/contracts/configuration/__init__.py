"""A desk's configuration, part by part: queues, agents, rules, and the document that holds all."""

from libs.common.contracts.configuration.agents import (
    CAPACITY_UNITS_DEFAULT,
    AgentConfiguration,
    AgentGroup,
    RoutingProfile,
)
from libs.common.contracts.configuration.calendars import (
    YEAR_FIRST,
    YEAR_LAST,
    Calendar,
    CalendarException,
    HolidayPlace,
    Notice,
    OutOfHours,
    ShiftEnd,
)
from libs.common.contracts.configuration.desk import (
    ChannelPolicy,
    DeskConfiguration,
    DeskPolicies,
)
from libs.common.contracts.configuration.document import Mistake
from libs.common.contracts.configuration.escalations import (
    EscalationActions,
    EscalationLevel,
    EscalationPolicy,
    Notify,
    Way,
)
from libs.common.contracts.configuration.inactivity import InactivityNotice, InactivityPolicy
from libs.common.contracts.configuration.on_call import Contact, Override, Rotation
from libs.common.contracts.configuration.promises import SlaConditions, SlaPolicy
from libs.common.contracts.configuration.queues import (
    BROADCAST_AGENTS_MAX,
    OfferPolicy,
    OverflowPolicy,
    OverflowThreshold,
    QueueConfiguration,
    QueueEscalation,
    Step,
)
from libs.common.contracts.configuration.routes import (
    WEEKDAYS,
    Conditions,
    Hours,
    Range,
    Route,
    RoutingRule,
    Weekday,
)
from libs.common.contracts.configuration.wait_notices import WaitNotice, WaitNotices

__all__ = [
    "BROADCAST_AGENTS_MAX",
    "CAPACITY_UNITS_DEFAULT",
    "WEEKDAYS",
    "YEAR_FIRST",
    "YEAR_LAST",
    "AgentConfiguration",
    "AgentGroup",
    "Calendar",
    "CalendarException",
    "ChannelPolicy",
    "Conditions",
    "Contact",
    "DeskConfiguration",
    "DeskPolicies",
    "EscalationActions",
    "EscalationLevel",
    "EscalationPolicy",
    "HolidayPlace",
    "Hours",
    "InactivityNotice",
    "InactivityPolicy",
    "Mistake",
    "Notice",
    "Notify",
    "OfferPolicy",
    "OutOfHours",
    "OverflowPolicy",
    "OverflowThreshold",
    "Override",
    "QueueConfiguration",
    "QueueEscalation",
    "Range",
    "Rotation",
    "Route",
    "RoutingProfile",
    "RoutingRule",
    "ShiftEnd",
    "SlaConditions",
    "SlaPolicy",
    "Step",
    "WaitNotice",
    "WaitNotices",
    "Way",
    "Weekday",
]
