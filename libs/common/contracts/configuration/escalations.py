"""Escalation policies: who is told, and what is done, when an item is in trouble for long.

Trouble is that an item waits for an agent, or that a promise to its customer is at risk or broken.
(The field is not called `on`: many readers of YAML take that word for true.)
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.document import (
    Document,
    Mistake,
    Requirements,
    StrictClass,
    contradiction,
)
from libs.common.contracts.configuration.queues import Step
from libs.common.contracts.terms import Name, Role, ShortText, Trouble

ESCALATION_POLICIES_MAX = 200
LEVELS_MAX = 8
REPEATS_MAX = 20
# 30 days: whoever waits longer for an alarm means years by mistake.
DELAY_S_MAX = 30 * 86_400
REPEAT_S_MIN = 5
DelaySeconds = Annotated[int, Field(ge=0, le=DELAY_S_MAX)]
RepeatSeconds = Annotated[int, Field(ge=REPEAT_S_MIN, le=DELAY_S_MAX)]
# A tick that fires a hundred levels tells each of these besides, within one record (R2).
TOLD_BESIDES_MAX = 2
COLLECT_S_MAX = 86_400
Way = Literal["stream", "webhook", "mail", "chat", "pager"]
OUTER_WAYS: tuple[Way, ...] = ("mail", "chat", "pager")


class Notify(Document):
    """Who is told, and over what."""

    roles: tuple[Role, ...] = Field(default=(Role.SUPERVISOR,), min_length=1, max_length=4)
    """Who is told over streams."""
    to: tuple[Name, ...] = Field(default=(), max_length=TOLD_BESIDES_MAX)
    """Contacts, and rotations for whoever is on call, who are told over mail, chat or pager."""
    ways: tuple[Way, ...] = Field(default=("stream", "webhook"), min_length=1, max_length=5)
    """Over what: the roles' `stream`, the desk's `webhook`s, and `mail`, `chat`, `pager` of those
    in `to`.
    """
    urgent: bool = False
    """Whether it comes through when a contact is quiet."""
    collect_s: Annotated[int, Field(ge=0, le=COLLECT_S_MAX)] = 60
    """The first in trouble is told of at once; who follows within so many seconds, as one alert
    with their number at the end of that time. 0: whatever one record holds.
    """

    def inner_ways(self) -> tuple[Way, ...]:
        """Those that lead to the desk's own people and systems."""
        return tuple(way for way in self.ways if way not in OUTER_WAYS)

    def outer_ways(self) -> tuple[Way, ...]:
        """Those that lead to the contacts in `to`."""
        return tuple(way for way in self.ways if way in OUTER_WAYS)


class EscalationActions(Document):
    """What a level does, in this order: take back or move, then relax and raise, then tell."""

    take_back: bool = False
    """Whoever has the conversation loses it: it is for others in its queue."""
    move_to: Name | None = None
    """The item stands in that queue's line from now on, also one that somebody has."""
    lower: Requirements = Field(default_factory=dict)
    """Levels to take off required skills, as in a step; for an item that waits, like all below."""
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
    notify: Notify | None = None
    """Who is told. Left out: nobody."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.model_dump(exclude_defaults=True):
            raise contradiction([Mistake((), "a level that does nothing")])
        return self

    def step(self) -> Step | None:
        """What it changes of a waiting item, as a step of relaxation; None where nothing."""
        changes = self.model_dump(
            include=set(Step.model_fields) - {"move_to"}, exclude_defaults=True
        )
        return Step.model_validate({"after_s": 1, **changes}) if changes else None


class EscalationLevel(Document):
    """One stage: from when on, how often, and what is done."""

    trouble: Trouble
    """The trouble: `waiting` for an agent, a promise `at_risk`, a promise `breached`."""
    after_s: DelaySeconds = 0
    """For so many seconds the trouble has lasted."""
    repeat_every_s: RepeatSeconds | None = None
    """Again after so many seconds, while it lasts."""
    repeats: Annotated[int, Field(ge=0, le=REPEATS_MAX)] = 0
    """How often again, at most."""
    actions: EscalationActions
    """What is done, each time."""

    @model_validator(mode="after")
    def _repeats_in_time(self) -> Self:
        if (self.repeat_every_s is None) != (self.repeats == 0):
            there = "repeats" if self.repeats == 0 else "repeat_every_s"
            problem = "repeats and repeat_every_s need each other"
            raise contradiction([Mistake((there,), problem)])
        return self


class EscalationPolicy(Document):
    """The levels that items go through whose SLA policy, or else whose queue, names it.

    Each level fires once for each trouble, and again as often as it says. It ends when the trouble
    does, when a supervisor acknowledges it, or when the conversation is closed.
    """

    escalation_policy_id: Name
    """How SLA policies, queues and decisions name it."""
    name: ShortText = ""
    """For people."""
    levels: tuple[EscalationLevel, ...] = Field(max_length=LEVELS_MAX)
    """The stages, each by itself."""

    @model_validator(mode="after")
    def _has_a_level(self) -> Self:
        if not self.levels:
            raise contradiction([Mistake(("levels",), "a policy without levels")])
        return self
