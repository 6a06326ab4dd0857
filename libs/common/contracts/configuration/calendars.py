"""Calendars: when a queue is open and agents are on shift, and what happens outside that time.

Hours are local, half-open and within one day: "09:00-12:30" is open at 09:00 and closed at 12:30.
The gaps between a day's intervals are its breaks. What a document can't mean (overlaps, a zone that
does not exist, a calendar that never opens) is refused at the door, `documents.calendar_mistakes`.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from libs.common.contracts.configuration.document import Document, Mistake, contradiction
from libs.common.contracts.configuration.routes import Weekday
from libs.common.contracts.terms import Name, ShortText

CALENDARS_MAX = 200
EXCEPTIONS_MAX = 400
EXCEPTION_DAYS_MAX = 366
INTERVALS_MAX = 8
HOLIDAY_PLACES_MAX = 8
NOTICES_MAX = 32
# The years that a business clock counts in.
YEAR_FIRST = 1970
YEAR_LAST = 2100

_A_LEAP_YEAR = "2000"


def _begins_before_it_ends(interval: str) -> str:
    begin, end = interval.split("-")
    if begin >= end:
        text = "must end after it begins; hours over midnight are two: until 24:00, from 00:00"
        raise contradiction([Mistake((), text)])
    return interval


def _exists(day: str) -> str:
    try:
        date.fromisoformat(day if len(day) > len("MM-DD") else f"{_A_LEAP_YEAR}-{day}")
    except ValueError as error:
        raise contradiction([Mistake((), "there is no such day")]) from error
    return day


_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
Interval = Annotated[
    str,
    StringConstraints(pattern=f"^{_TIME}-({_TIME}|24:00)$"),
    AfterValidator(_begins_before_it_ends),
]
Intervals = Annotated[tuple[Interval, ...], Field(max_length=INTERVALS_MAX)]
LocalDate = Annotated[
    str,
    StringConstraints(pattern=f"^(19[7-9][0-9]|20[0-9]{{2}}|2100)-{_DAY}$"),
    AfterValidator(_exists),
]
DayOfYear = Annotated[str, StringConstraints(pattern=f"^{_DAY}$"), AfterValidator(_exists)]
ZoneName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}$")
]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Subdivision = Annotated[str, StringConstraints(min_length=1, max_length=64)]
NoticeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
ShiftEndSeconds = Annotated[int, Field(ge=0, le=28_800)]
# In a model that has a field `date` the word means the field.
date_of = date.fromisoformat


class HolidayPlace(Document):
    """A country, or a part of it, whose public holidays are closed."""

    country: Country
    """Two letters, ISO 3166-1: `DE`."""
    subdivision: Subdivision | None = None
    """A state, province or city, by its ISO 3166-2 code without the country: `BY`. Left out: only
    what holds in the whole country.
    """


class CalendarException(Document):
    """Days that are not like their weekday: closed, or with other hours. Wins over holidays."""

    date: LocalDate | None = None
    """The day, `YYYY-MM-DD`, or the first of several."""
    until: LocalDate | None = None
    """The last of several days, included."""
    every_year: DayOfYear | None = None
    """Instead of `date`: the same day every year, `MM-DD`. A `date` wins over it."""
    hours: Intervals = ()
    """The hours on these days. Left out: closed."""
    note: ShortText = ""
    """Why, for people."""

    @model_validator(mode="after")
    def _names_its_days_in_one_way(self) -> Self:
        if (self.date is None) == (self.every_year is None):
            raise contradiction([Mistake((), "name its day by one of: date, every_year")])
        if self.until is not None:
            if self.date is None or self.until < self.date:
                raise contradiction([Mistake(("until",), "needs a date that is not after it")])
            if len(self.days()) > EXCEPTION_DAYS_MAX:
                problem = f"at most {EXCEPTION_DAYS_MAX} days; name several for more"
                raise contradiction([Mistake(("until",), problem)])
        return self

    def days(self) -> range:
        """The days that it names by date, as ordinals; none for one of every year."""
        if self.date is None:
            return range(0)
        first = date_of(self.date).toordinal()
        last = date_of(self.until).toordinal() if self.until is not None else first
        return range(first, last + 1)


class Calendar(Document):
    """The hours of something: what is open by weekday, less holidays, with own exceptions."""

    calendar_id: Name
    """How queues, agents and groups name it."""
    name: ShortText = ""
    """For people."""
    zone: ZoneName
    """The IANA zone whose clock is meant, summer time included: `Europe/Berlin`."""
    opening: dict[Weekday, Intervals] = Field(default_factory=dict, max_length=7)
    """Hours by weekday, in English: `"09:00-12:30"`, several with breaks between them; `24:00` is
    the day's end. A weekday that is left out is closed.
    """
    holidays: tuple[HolidayPlace, ...] = Field(default=(), max_length=HOLIDAY_PLACES_MAX)
    """Where public holidays are closed."""
    exceptions: tuple[CalendarException, ...] = Field(default=(), max_length=EXCEPTIONS_MAX)
    """Own days that are not like their weekday."""


class Notice(Document):
    """What a customer reads out of hours, in one language."""

    language: Name
    """The language, as the channel tells it: `de`."""
    text: NoticeText
    """The words; `{next_opening}` becomes the time of the next opening."""


class OutOfHours(Document):
    """What happens to a conversation that comes while its queue is closed."""

    do: Literal["wait", "message_only", "move", "follow_the_sun"] = "wait"
    """`wait`: it stands in the line until the queue opens. `message_only`: the customer reads the
    notice and no work begins; what they wrote is in their timeline. `move`: another queue takes it,
    open or not. `follow_the_sun`: another queue takes it if it is open; if not, the one that it
    follows itself, and so on; if none is open, it waits here.
    """
    queue: Name | None = None
    """For `move` and `follow_the_sun`: that other queue."""
    notices: tuple[Notice, ...] = Field(default=(), max_length=NOTICES_MAX)
    """What the customer reads, by language; the first is for all other languages."""

    @model_validator(mode="after")
    def _moves_to_a_queue(self) -> Self:
        if (self.do in ("move", "follow_the_sun")) != (self.queue is not None):
            problem = "is needed for, and only for, do: move and do: follow_the_sun"
            raise contradiction([Mistake(("queue",), problem)])
        return self


class ShiftEnd(Document):
    """What happens when agents' shifts end."""

    nothing_new_before_end_s: ShiftEndSeconds = 0
    """So many seconds before the end agents are offered nothing new."""
    open_work: Literal["hand_over", "keep"] = "keep"
    """At the end, open work goes back to its line (`hand_over`) or stays with its agent."""
