"""The business clock by counting minutes: nothing of the clock's code, and the other direction.

The clock turns local times into instants. This reads the zone's wall clock at every UTC minute and
looks the local times up in what it read.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from holidays import country_holidays

from libs.common.contracts.configuration import WEEKDAYS, Calendar

DAY_MINUTES = 1_440
# Whatever a zone does, a day's hours lie within so many days around it.
MARGIN_DAYS = 2


class SlowCount:
    """Which UTC minutes of a few days are open, minutes counted from 1970."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo, begin: int, minutes: int) -> None:
        """Read the wall clock around the stretch."""
        self.calendar = calendar
        self.begin, self.end = begin, begin + minutes
        self.first = begin - MARGIN_DAYS * DAY_MINUTES
        last = self.end + MARGIN_DAYS * DAY_MINUTES
        self.walls = [
            datetime.fromtimestamp(minute * 60, zone).replace(tzinfo=None)
            for minute in range(self.first, last)
        ]
        self.minute_of: dict[datetime, int] = {}
        for index, wall in enumerate(self.walls):
            self.minute_of.setdefault(wall, self.first + index)
        self.open = self._open_minutes()

    def _open_minutes(self) -> set[int]:
        found: set[int] = set()
        for day in sorted({wall.date() for wall in self.walls})[1:-1]:
            for interval in self._hours_on(day):
                begin, end = (self._instant(day, time) for time in interval.split("-"))
                found.update(range(begin, end))
        return found

    def _hours_on(self, day: date) -> Sequence[str]:
        for exception in self.calendar.exceptions:
            last = exception.until or exception.date
            if exception.date and last and exception.date <= day.isoformat() <= last:
                return exception.hours
        for exception in self.calendar.exceptions:
            if exception.every_year == day.isoformat()[5:]:
                return exception.hours
        for place in self.calendar.holidays:
            if day in country_holidays(place.country, subdiv=place.subdivision, years=day.year):
                return ()
        return self.calendar.opening.get(WEEKDAYS[day.weekday()], ())

    def _instant(self, day: date, time: str) -> int:
        hours, minutes = map(int, time.split(":"))
        local = datetime(day.year, day.month, day.day) + timedelta(hours=hours, minutes=minutes)  # noqa: DTZ001 - a wall clock
        if local in self.minute_of:
            return self.minute_of[local]
        for before, after in pairwise(self.walls):
            if before < local < after:
                gap = after - before - timedelta(minutes=1)
                return self.minute_of[local + gap]
        raise AssertionError(f"{local}: beyond what was read")


def keeps_whole_minutes(zone: ZoneInfo, day: int) -> bool:
    """Whether the zone does around a UTC day, so that counting minutes is exact."""
    around = (day - 2 * MARGIN_DAYS, day + 2 * MARGIN_DAYS)
    return all(datetime.fromtimestamp(one * 86_400, zone).second == 0 for one in around)


def changes_of(zone: ZoneInfo, year: int) -> list[int]:
    """The UTC days of a year, counted from 1970, within which the zone's offset changes."""
    first = (datetime(year, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    offsets = [
        datetime.fromtimestamp(day * 86_400, zone).utcoffset() for day in range(first, first + 366)
    ]
    return [
        first + index for index, (before, after) in enumerate(pairwise(offsets)) if before != after
    ]
