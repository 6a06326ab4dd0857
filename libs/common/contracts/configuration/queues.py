"""A queue: who is asked, in what order, how, and what a long wait changes."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.calendars import OutOfHours
from libs.common.contracts.configuration.document import (
    Document,
    Mistake,
    Requirements,
    Seconds,
    StrictClass,
    contradiction,
)
from libs.common.contracts.configuration.inactivity import InactivityPolicy
from libs.common.contracts.configuration.wait_notices import WaitNotices
from libs.common.contracts.terms import AgentPolicy, Name, OfferMode, Role, ShortText

BROADCAST_AGENTS_MAX = 5
STEPS_MAX = 16
REOPEN_WITHIN_S_MAX = 30 * 86_400

ReopenSeconds = Annotated[int, Field(ge=0, le=REOPEN_WITHIN_S_MAX)]


class OfferPolicy(Document):
    """How a queue offers work, and for how long an agent may think."""

    mode: OfferMode = OfferMode.RING
    """`ring` asks one agent after another, `broadcast` several at once and the first acceptance
    wins, `direct` assigns without asking.
    """
    timeout_s: Seconds = 20
    """For how long an agent may think, in seconds."""
    agents: Annotated[int, Field(ge=2, le=BROADCAST_AGENTS_MAX)] = BROADCAST_AGENTS_MAX
    """How many a broadcast asks at once."""


class QueueEscalation(Document):
    """Alert these roles when an item has waited longer than `after_s`."""

    after_s: Seconds
    """How long an item waits until people are told, in seconds."""
    notify_roles: tuple[Role, ...] = Field(default=(Role.SUPERVISOR,), min_length=1, max_length=4)
    """Who is told, on the streams and by webhooks."""


class Step(Document):
    """One stage of relaxation: what a long wait changes. All but `move_to` only add agents."""

    after_s: Seconds
    """Seconds after the step before it; the first, after queueing."""
    lower: Requirements = Field(default_factory=dict)
    """Levels to take off required skills; one that comes to 0 is required no more."""
    drop: tuple[Name, ...] = Field(default=(), max_length=16)
    """Skills that are required and preferred no more."""
    widen_to_queues: tuple[Name, ...] = Field(default=(), max_length=16)
    """The agents of these queues are asked as well."""
    widen_to_groups: tuple[Name, ...] = Field(default=(), max_length=16)
    """The agents of these groups are asked as well."""
    anyone: bool = False
    """Every agent of the desk is asked, whatever their skills."""
    credit_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    """More head start, in seconds, up to the desk's `max_credit_s`."""
    strict_class: StrictClass | None = None
    """A class to rise to; never one to sink to."""
    move_to: Name | None = None
    """The item stands in that queue's line from now on; its steps stay those it began with."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.model_fields_set <= {"after_s"}:
            raise contradiction([Mistake((), "a step that changes nothing")])
        return self


class OverflowThreshold(Document):
    """A queue's length, or the wait that its pace promises; either is enough."""

    waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """So many items wait."""
    estimated_wait_s: Seconds | None = None
    """So many seconds is the wait that the pace of the last 5 minutes promises."""


class OverflowPolicy(Document):
    """When a queue is too long, what arrives is offered to the agents of `to` as well.

    Judged at arrival and on steps only. It begins at `enter` and ends below `leave`, so that a
    queue at the edge does not flap.
    """

    to: Name
    """The queue whose agents are asked as well."""
    enter: OverflowThreshold
    """From here on the queue is too long."""
    leave: OverflowThreshold
    """Below this it is short enough again."""

    @model_validator(mode="after")
    def _leaves_below_entering(self) -> Self:
        pairs = (
            ("waiting", self.enter.waiting, self.leave.waiting),
            ("estimated_wait_s", self.enter.estimated_wait_s, self.leave.estimated_wait_s),
        )
        for name, enter, leave in pairs:
            if (enter is None) != (leave is None):
                problem = f"{name} is set for one of enter and leave only"
                there = "leave" if enter is None else "enter"
                raise contradiction([Mistake((there, name), problem)])
            if enter is not None and leave is not None and leave >= enter:
                raise contradiction([Mistake(("leave", name), f"must be below enter.{name}")])
        if self.enter == OverflowThreshold():
            raise contradiction([Mistake(("enter",), "names no threshold")])
        return self


class QueueConfiguration(Document):
    """A waiting line: who is asked for what stands in it, how, and what a long wait changes."""

    queue_id: Name
    """How everything else names it."""
    name: ShortText = ""
    """For people."""
    requires: Requirements = Field(default_factory=dict)
    """Skills that an agent must have, by level."""
    prefers: Requirements = Field(default_factory=dict)
    """Skills by level: agents who have them too are asked first."""
    policy: AgentPolicy = AgentPolicy.LONGEST_IDLE
    """In what order agents are asked: who is longest idle, least occupied, most proficient, or
    next in the round.
    """
    order: Literal["first_come", "due_first"] = "first_come"
    """In what order work waits, within a strict class: who came first, or whose first response is
    due first. What is due later than `max_credit_s` after it came, or promised nothing, counts as
    due then.
    """
    offer: OfferPolicy = OfferPolicy()
    """How they are asked."""
    last_agent_hold_s: Annotated[int, Field(ge=0, le=3_600)] | None = None
    """Ask the customer's last agent first, and wait so many seconds for one who is busy. 0:
    only one who is free. Left out: nobody in particular.
    """
    steps: tuple[Step, ...] = Field(default=(), max_length=STEPS_MAX)
    """What a long wait changes, stage by stage."""
    prefers_earlier_agents: bool = False
    """Whether those whom a step added are asked only after the others."""
    overflow: OverflowPolicy | None = None
    """Who helps when the queue is too long."""
    wrap_up_s: Annotated[int, Field(ge=0, le=3_600)] = 0
    """Seconds for the work after a conversation, at full weight; 0: none."""
    wrap_up_codes: tuple[Name, ...] = Field(default=(), max_length=100)
    """The outcomes to choose from; with any, one of them must be given."""
    inactivity: InactivityPolicy | None = None
    """What happens while customers say nothing. Left out: nothing."""
    reopen_within_s: ReopenSeconds | None = None
    """The desk's policy of this name, for what ends in this queue. Left out: as the desk says."""
    calendar: Name | None = None
    """When the queue is open. Left out: always."""
    out_of_hours: OutOfHours = OutOfHours()
    """What happens to a conversation that comes while the queue is closed."""
    wait_notices: WaitNotices | None = None
    """What customers who wait read of their place. Left out: nothing."""
    escalation: QueueEscalation | None = None
    """When a wait is too long, and who is told."""
    escalation_policy: Name | None = None
    """What is done, level by level, when its items are in trouble, unless their SLA policy names
    another.
    """
