"""A queue: who is asked, in what order, how, and what a long wait changes."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.document import (
    Document,
    Requirements,
    Seconds,
    StrictClass,
)
from libs.common.contracts.terms import AgentPolicy, Name, OfferMode, Role, ShortText

BROADCAST_AGENTS_MAX = 5
STEPS_MAX = 16


class OfferPolicy(Document):
    """How a queue offers work, and for how long an agent may think.

    `broadcast` asks up to `agents` at once, and the first acceptance wins.
    """

    mode: OfferMode = OfferMode.RING
    timeout_s: Seconds = 20
    agents: Annotated[int, Field(ge=2, le=BROADCAST_AGENTS_MAX)] = BROADCAST_AGENTS_MAX


class EscalationPolicy(Document):
    """Alert these roles when an item has waited longer than `after_s`."""

    after_s: Seconds
    notify_roles: tuple[Role, ...] = Field(default=(Role.SUPERVISOR,), min_length=1, max_length=4)


class Step(Document):
    """One stage of relaxation, `after_s` after the one before it (the first: after queueing).

    `lower` takes levels off required skills (a skill at 0 is dropped), `drop` takes skills away,
    `widen_to_queues` and `widen_to_groups` ask these agents as well, `anyone` asks every agent of
    the desk whatever their skills. `credit_s` and `strict_class` raise priority. `move_to` is
    the one that replaces whom to ask: the item stands in that queue's line from then on.
    """

    after_s: Seconds
    lower: Requirements = Field(default_factory=dict)
    drop: tuple[Name, ...] = Field(default=(), max_length=16)
    widen_to_queues: tuple[Name, ...] = Field(default=(), max_length=16)
    widen_to_groups: tuple[Name, ...] = Field(default=(), max_length=16)
    anyone: bool = False
    credit_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    strict_class: StrictClass | None = None
    move_to: Name | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.model_fields_set <= {"after_s"}:
            raise ValueError("a step that changes nothing")
        return self


class OverflowThreshold(Document):
    """A queue's length, or the wait that its pace promises; either is enough."""

    waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    estimated_wait_s: Seconds | None = None


class OverflowPolicy(Document):
    """When a queue is too long, what arrives is offered to the agents of `to` as well.

    Judged at arrival and on steps only. It begins above `enter` and ends below `leave`, so that
    a queue at the edge does not flap.
    """

    to: Name
    enter: OverflowThreshold
    leave: OverflowThreshold

    @model_validator(mode="after")
    def _leaves_below_entering(self) -> Self:
        pairs = (
            ("waiting", self.enter.waiting, self.leave.waiting),
            ("estimated_wait_s", self.enter.estimated_wait_s, self.leave.estimated_wait_s),
        )
        for name, enter, leave in pairs:
            if (enter is None) != (leave is None):
                raise ValueError(f"{name} is set for one of enter and leave only")
            if enter is not None and leave is not None and leave >= enter:
                raise ValueError(f"leave.{name} must be below enter.{name}")
        if self.enter == OverflowThreshold():
            raise ValueError("enter names no threshold")
        return self


class QueueConfiguration(Document):
    """A waiting line.

    `requires` must be met, agents who also meet `prefers` are asked first. `last_agent_hold_s`
    asks the customer's last agent first, waiting so long for one who is busy (0: only if free;
    None: not at all). `wrap_up_s` of 0 means no wrap-up; with `wrap_up_codes` a code must be one
    of them. `prefers_earlier_agents` asks those of earlier steps before those whom a step added.
    """

    queue_id: Name
    name: ShortText = ""
    requires: Requirements = Field(default_factory=dict)
    prefers: Requirements = Field(default_factory=dict)
    policy: AgentPolicy = AgentPolicy.LONGEST_IDLE
    offer: OfferPolicy = OfferPolicy()
    last_agent_hold_s: Annotated[int, Field(ge=0, le=3_600)] | None = None
    steps: tuple[Step, ...] = Field(default=(), max_length=STEPS_MAX)
    prefers_earlier_agents: bool = False
    overflow: OverflowPolicy | None = None
    wrap_up_s: Annotated[int, Field(ge=0, le=3_600)] = 0
    wrap_up_codes: tuple[Name, ...] = Field(default=(), max_length=100)
    escalation: EscalationPolicy | None = None
