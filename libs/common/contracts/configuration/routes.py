"""The desk's rules: conditions as data, and where they lead."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.document import Document, Requirements, StrictClass
from libs.common.contracts.terms import Name, ShortText

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = Weekday.__args__  # type: ignore[attr-defined]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Values = Annotated[tuple[ShortText, ...], Field(max_length=256)]


class Hours(Document):
    """Hours of the week, `begin` to `end` (not included), `utc_offset_minutes` east of UTC."""

    days: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1, max_length=7)
    begin: TimeOfDay = "00:00"
    end: TimeOfDay = "24:00"
    utc_offset_minutes: Annotated[int, Field(ge=-840, le=840)] = 0

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.begin >= self.end:
            raise ValueError("begin must be before end; name two rules for hours over midnight")
        return self


class Range(Document):
    """A number's bounds, both included."""

    minimum: float | None = None
    maximum: float | None = None


class Conditions(Document):
    """All that are named must hold; each holds when the message has one of its values.

    `topic` and `segment` look at the labels of those names, `labels` at any, `attributes` at
    labels that hold a number.
    """

    channel: tuple[Name, ...] = Field(default=(), max_length=32)
    endpoint: tuple[Name, ...] = Field(default=(), max_length=256)
    language: tuple[Name, ...] = Field(default=(), max_length=64)
    topic: Values = ()
    segment: Values = ()
    labels: dict[Name, Values] = Field(default_factory=dict, max_length=16)
    attributes: dict[Name, Range] = Field(default_factory=dict, max_length=16)
    hours: tuple[Hours, ...] = Field(default=(), max_length=16)


class Route(Document):
    """Where a conversation goes, what it needs beyond its queue, and its head start.

    `credit_s` counts as time already waited; a lower `strict_class` always goes first.
    """

    queue: Name
    requires: Requirements = Field(default_factory=dict)
    prefers: Requirements = Field(default_factory=dict)
    credit_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    strict_class: StrictClass = 5


class RoutingRule(Document):
    """The first rule whose conditions hold decides the route."""

    rule_id: Name
    when: Conditions
    then: Route
