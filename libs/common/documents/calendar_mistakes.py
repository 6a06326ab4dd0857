"""What a desk's calendars say and can't mean: unknown places, doubled days, never an opening.

Nothing here reads a clock: a document is judged the same whenever and wherever it is sent. So a
calendar must open within 366 days of *every* day of the years that an engine may live to see, not
of today, and a list of exceptions that ends in closed years is found when it is written.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from libs.common.calendars import BusinessClock, compile_calendar
from libs.common.calendars.holiday_dates import subdivisions_by_country
from libs.common.calendars.zones import zone_names
from libs.common.contracts.configuration import (
    YEAR_LAST,
    Calendar,
    DeskConfiguration,
    HolidayPlace,
    Mistake,
)
from libs.common.documents.lines import Path

CLOSED_DAYS_MAX = 366
# No engine time lies before the product's first year.
JUDGED_FROM = date(2026, 1, 1)
JUDGED_UNTIL = date(YEAR_LAST, 12, 31)
# Each asks the holidays package for all of the years.
DESK_HOLIDAY_PLACES_MAX = 64


def calendar_mistakes(desk: DeskConfiguration) -> Iterator[Mistake]:
    """Each of them, with its place in the document."""
    places: set[HolidayPlace] = set()
    for index, calendar in enumerate(desk.calendars):
        path: Path = ("calendars", index)
        found = [*_of_zone(path, calendar), *_of_holidays(path, calendar)]
        places.update(calendar.holidays)
        if len(places) > DESK_HOLIDAY_PLACES_MAX:
            problem = f"more than {DESK_HOLIDAY_PLACES_MAX} different places in one desk"
            yield Mistake((*path, "holidays"), problem)
            return
        yield from found
        yield from _of_hours(path, calendar)
        yield from _of_exceptions(path, calendar)
        if not found:
            yield from _of_openings(path, compile_calendar(calendar))


def _of_zone(path: Path, calendar: Calendar) -> Iterator[Mistake]:
    if calendar.zone not in zone_names():
        problem = "no zone of that name; take an IANA name such as Europe/Berlin or UTC"
        yield Mistake((*path, "zone"), problem)


def _of_holidays(path: Path, calendar: Calendar) -> Iterator[Mistake]:
    seen: set[HolidayPlace] = set()
    for index, place in enumerate(calendar.holidays):
        at = (*path, "holidays", index)
        parts = subdivisions_by_country().get(place.country)
        if parts is None:
            problem = "no holidays are known of this country; list its days in exceptions"
            yield Mistake((*at, "country"), problem)
        elif place.subdivision is not None and place.subdivision not in parts:
            known = ", ".join(parts) or "none; leave it out"
            yield Mistake((*at, "subdivision"), f"not known in {place.country}; known: {known}")
        if place in seen:
            yield Mistake(at, "named twice")
        seen.add(place)


def _of_hours(path: Path, calendar: Calendar) -> Iterator[Mistake]:
    for weekday, hours in calendar.opening.items():
        yield from _overlaps((*path, "opening", weekday), hours)
    for index, exception in enumerate(calendar.exceptions):
        yield from _overlaps((*path, "exceptions", index, "hours"), exception.hours)


def _overlaps(path: Path, hours: Sequence[str]) -> Iterator[Mistake]:
    """Written times have one length, so they compare as they stand; touching is no overlap."""
    for index, interval in enumerate(hours):
        begin, end = interval.split("-")
        for before in hours[:index]:
            before_begin, before_end = before.split("-")
            if begin < before_end and before_begin < end:
                problem = f"overlaps {before} of the same day; make one of the two"
                yield Mistake((*path, index), problem)
                break


def _of_exceptions(path: Path, calendar: Calendar) -> Iterator[Mistake]:
    """Days are compared by number, days of every year as they are written."""
    seen: set[int | str] = set()
    for index, exception in enumerate(calendar.exceptions):
        named: set[int | str] = set(exception.days())
        if exception.every_year is not None:
            named.add(exception.every_year)
        if seen & named:
            field = "date" if exception.date is not None else "every_year"
            problem = "an exception before it names the same day; keep one of the two"
            yield Mistake((*path, "exceptions", index, field), problem)
        seen |= named


def _of_openings(path: Path, clock: BusinessClock) -> Iterator[Mistake]:
    """From each day that opens, look for the last one that opens within the days allowed."""
    first, last = JUDGED_FROM.toordinal(), JUDGED_UNTIL.toordinal()
    day = first - 1
    while day + CLOSED_DAYS_MAX <= last:
        candidates = range(day + CLOSED_DAYS_MAX, day, -1)
        opening = next((one for one in candidates if clock.opens_on(date.fromordinal(one))), None)
        if opening is None:
            closed_from = date.fromordinal(day + 1).isoformat()
            problem = (
                f"never opens within {CLOSED_DAYS_MAX} days from {closed_from} (judged from"
                f" {JUDGED_FROM} to {JUDGED_UNTIL}); give it hours, or leave the calendar out:"
                " without one it is always open"
            )
            yield Mistake(path, problem)
            return
        day = opening
