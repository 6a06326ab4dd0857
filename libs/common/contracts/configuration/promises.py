"""Promises: within what time a customer is answered, and for whom that holds.

A target counts the seconds for which the policy's calendar is open, on a clock of its own; without
a calendar it counts them all.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.document import (
    Document,
    Mistake,
    StrictClass,
    contradiction,
)
from libs.common.contracts.configuration.routes import Values
from libs.common.contracts.terms import Name, ShortText

SLA_POLICIES_MAX = 200
# 90 days: whoever promises more within a conversation means years by mistake.
TARGET_S_MAX = 90 * 86_400
TargetSeconds = Annotated[int, Field(ge=1, le=TARGET_S_MAX)]
AT_RISK_SHARE_DEFAULT = 0.8


class SlaConditions(Document):
    """All that are named must hold; each holds when the conversation has one of its values."""

    queue: tuple[Name, ...] = Field(default=(), max_length=500)
    """Queues that the conversation is first queued in."""
    channel: tuple[Name, ...] = Field(default=(), max_length=32)
    """Channels."""
    segment: Values = ()
    """Values of the label `segment`."""
    labels: dict[Name, Values] = Field(default_factory=dict, max_length=16)
    """Values of any label, by its name."""
    strict_class: tuple[StrictClass, ...] = Field(default=(), max_length=10)
    """Strict classes that its route gives it."""


class SlaPolicy(Document):
    """What is promised to the conversations that its conditions hold for.

    The first policy that holds when a conversation is first queued is its own until it is closed,
    as it stands then: a later configuration moves no clock that runs.
    """

    sla_policy_id: Name
    """How decisions and figures name it."""
    name: ShortText = ""
    """For people."""
    when: SlaConditions = SlaConditions()
    """For whom it holds; nothing named: for all that no policy before it holds for."""
    calendar: Name | None = None
    """Whose open time its clocks count. Left out: all the time there is. On a transfer to a queue
    whose policy names another calendar, what is left counts on that one.
    """
    first_response_s: TargetSeconds | None = None
    """From the conversation's opening to the first reply of an agent, in seconds."""
    next_response_s: TargetSeconds | None = None
    """From a customer's message after that to the next reply of an agent, in seconds."""
    resolution_s: TargetSeconds | None = None
    """From the conversation's opening to its closing, in seconds."""
    at_risk_share: Annotated[float, Field(gt=0, lt=1)] = AT_RISK_SHARE_DEFAULT
    """The share of a target from which on it is at risk."""
    pauses_while_parked: bool = True
    """Whether clocks stand still while the conversation waits for its customer."""
    escalation: Name | None = None
    """The escalation policy that its conversations go through. Left out: their queue's."""

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if self.first_response_s is self.next_response_s is self.resolution_s is None:
            problem = "promises nothing: name first_response_s, next_response_s or resolution_s"
            raise contradiction([Mistake((), problem)])
        return self
