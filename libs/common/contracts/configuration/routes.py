"""The desk's rules: conditions as data, and where they lead."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.document import (
    Document,
    Mistake,
    Requirements,
    StrictClass,
    contradiction,
)
from libs.common.contracts.terms import Name, ShortText

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = Weekday.__args__  # type: ignore[attr-defined]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Values = Annotated[tuple[ShortText, ...], Field(max_length=256)]


class Hours(Document):
    """Hours of the week, by a clock that is always the same distance from UTC."""

    days: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1, max_length=7)
    """Days of the week, in English."""
    begin: TimeOfDay = "00:00"
    """Time of day, `HH:MM`."""
    end: TimeOfDay = "24:00"
    """Time of day, not included; `24:00` is the day's end."""
    utc_offset_minutes: Annotated[int, Field(ge=-840, le=840)] = 0
    """The clock that is meant: minutes east of UTC. No summer time."""

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.begin >= self.end:
            problem = "begin must be before end; name two for hours over midnight"
            raise contradiction([Mistake(("begin",), problem)])
        return self


class Range(Document):
    """A number's bounds, both included."""

    minimum: float | None = None
    """The least, included."""
    maximum: float | None = None
    """The most, included."""


class Conditions(Document):
    """All that are named must hold; each holds when the message has one of its values."""

    channel: tuple[Name, ...] = Field(default=(), max_length=32)
    """Channels."""
    endpoint: tuple[Name, ...] = Field(default=(), max_length=256)
    """Addresses of ours, by endpoint id."""
    language: tuple[Name, ...] = Field(default=(), max_length=64)
    """Languages, as the channel tells them."""
    topic: Values = ()
    """Values of the label `topic`."""
    segment: Values = ()
    """Values of the label `segment`."""
    labels: dict[Name, Values] = Field(default_factory=dict, max_length=16)
    """Values of any label, by its name."""
    attributes: dict[Name, Range] = Field(default_factory=dict, max_length=16)
    """Bounds for labels that hold a number."""
    hours: tuple[Hours, ...] = Field(default=(), max_length=16)
    """When the message arrives."""


class Route(Document):
    """Where a conversation goes, what it needs beyond its queue, and its head start."""

    queue: Name
    """Where the conversation waits."""
    requires: Requirements = Field(default_factory=dict)
    """Skills that it needs beyond its queue's, by level."""
    prefers: Requirements = Field(default_factory=dict)
    """Skills that it prefers beyond its queue's."""
    credit_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    """Head start: seconds that count as waited already, at most the desk's `max_credit_s`."""
    strict_class: StrictClass = 5
    """A lower class always goes first, whatever the others have waited."""


class RoutingRule(Document):
    """The first rule whose conditions hold decides the route."""

    rule_id: Name
    """How decisions name it."""
    when: Conditions
    """What must hold; nothing named: it always holds."""
    then: Route

    """Where it leads."""
