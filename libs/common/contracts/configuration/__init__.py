"""A desk's configuration, part by part: queues, agents, rules, and the document that holds all."""

from libs.common.contracts.configuration.agents import (
    CAPACITY_UNITS_DEFAULT,
    AgentConfiguration,
    AgentGroup,
    RoutingProfile,
)
from libs.common.contracts.configuration.desk import (
    ChannelPolicy,
    DeskConfiguration,
    DeskPolicies,
)
from libs.common.contracts.configuration.document import Mistake
from libs.common.contracts.configuration.queues import (
    BROADCAST_AGENTS_MAX,
    EscalationPolicy,
    OfferPolicy,
    OverflowPolicy,
    OverflowThreshold,
    QueueConfiguration,
    Step,
)
from libs.common.contracts.configuration.routes import (
    WEEKDAYS,
    Conditions,
    Hours,
    Range,
    Route,
    RoutingRule,
)

__all__ = [
    "BROADCAST_AGENTS_MAX",
    "CAPACITY_UNITS_DEFAULT",
    "WEEKDAYS",
    "AgentConfiguration",
    "AgentGroup",
    "ChannelPolicy",
    "Conditions",
    "DeskConfiguration",
    "DeskPolicies",
    "EscalationPolicy",
    "Hours",
    "Mistake",
    "OfferPolicy",
    "OverflowPolicy",
    "OverflowThreshold",
    "QueueConfiguration",
    "Range",
    "Route",
    "RoutingProfile",
    "RoutingRule",
    "Step",
]
