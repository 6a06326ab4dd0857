"""Which hours hold on a date, and why: exceptions before holidays before the weekday.

A dated exception wins over one of every year, so that one year can differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from libs.common.calendars.holiday_dates import holidays_in
from libs.common.contracts.configuration import (
    WEEKDAYS,
    Calendar,
    HolidayPlace,
)

Minutes = tuple[int, int]
_HOURS_AND_MINUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """The open minutes of one local day, `[begin, end)` from its midnight, in order."""

    intervals: tuple[Minutes, ...]
    reason: str = ""
    """The exception's note or the holiday's name, where that is why."""


class DayPlans:
    """Tells the plan of any date of one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        """Compile exceptions by date; everything else is looked up."""
        self._by_weekday = tuple(
            DayPlan(intervals=minutes_of(calendar.opening.get(weekday, ()))) for weekday in WEEKDAYS
        )
        self._holidays: tuple[HolidayPlace, ...] = calendar.holidays
        self._by_ordinal: dict[int, DayPlan] = {}
        self._by_day_of_year: dict[str, DayPlan] = {}
        for exception in calendar.exceptions:
            plan = DayPlan(intervals=minutes_of(exception.hours), reason=exception.note)
            if exception.every_year is not None:
                self._by_day_of_year[exception.every_year] = plan
            self._by_ordinal |= dict.fromkeys(exception.days(), plan)

    def on(self, day: date) -> DayPlan:
        """The plan of that date."""
        plan = self._by_ordinal.get(day.toordinal())
        if plan is None and self._by_day_of_year:
            plan = self._by_day_of_year.get(f"{day.month:02}-{day.day:02}")
        if plan is None and self._holidays:
            plan = self._holiday_on(day)
        return plan or self._by_weekday[day.weekday()]

    def _holiday_on(self, day: date) -> DayPlan | None:
        for place in self._holidays:
            name = holidays_in(place.country, place.subdivision, day.year).get(day)
            if name is not None:
                return DayPlan(intervals=(), reason=name)
        return None


def minutes_of(hours: Iterable[str]) -> tuple[Minutes, ...]:
    """Intervals `HH:MM-HH:MM` as minutes of the day, sorted by their begin."""
    return tuple(sorted((_minute(one[:5]), _minute(one[6:])) for one in hours))


def _minute(time_of_day: str) -> int:
    return int(time_of_day[:2]) * _HOURS_AND_MINUTES + int(time_of_day[3:])
