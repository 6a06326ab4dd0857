"""One UTC month of a calendar as open stretches of UTC milliseconds, with their running sums.

A local time becomes one instant (R25): one that does not exist moves forward by the gap, one that
is repeated is the first of its two. So a day's hours may touch or overlap after the change; they
are merged. A local date that does not exist at all (a zone crossed the date line) has no hours.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.common.calendars.day_plans import DayPlans, Minutes
from libs.common.contracts.configuration import YEAR_FIRST, YEAR_LAST

_MONTHS_A_YEAR = 12
_DAY_MS = 86_400_000
_ONE_DAY = timedelta(days=1)
# Local dates that a UTC month can meet lie at most this far outside it: no zone is off by more.
_MARGIN = timedelta(days=2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MIDNIGHT: Minutes = (0, 24 * 60)


def _month_starts() -> Iterator[int]:
    for month in range((YEAR_LAST + 1 - YEAR_FIRST) * _MONTHS_A_YEAR + 1):
        year, rest = divmod(month, _MONTHS_A_YEAR)
        first = datetime(YEAR_FIRST + year, rest + 1, 1, tzinfo=UTC)
        yield int(first.timestamp()) * 1_000


# Where each month begins, and where the last one ends.
MONTH_STARTS = tuple(_month_starts())
MONTHS = len(MONTH_STARTS) - 1


class Window:
    """The open stretches of one UTC month: disjoint, in order, clipped to the month."""

    __slots__ = ("begins", "ends", "open_before", "open_ms")

    def __init__(self, stretches: list[tuple[int, int]]) -> None:
        """Take merged stretches, in order."""
        self.begins = array("q", [begin for begin, _ in stretches])
        self.ends = array("q", [end for _, end in stretches])
        self.open_before = array("q")
        self.open_ms = 0
        for begin, end in stretches:
            self.open_before.append(self.open_ms)
            self.open_ms += end - begin

    def open_until(self, at_ms: int) -> int:
        """For how many milliseconds it was open from the month's begin to the instant."""
        index = bisect_right(self.begins, at_ms) - 1
        if index < 0:
            return 0
        return self.open_before[index] + min(at_ms, self.ends[index]) - self.begins[index]

    def instant_of(self, open_ms: int) -> int:
        """When it had been open for so many milliseconds, 1 to `self.open_ms`."""
        index = bisect_left(self.open_before, open_ms) - 1
        return self.begins[index] + open_ms - self.open_before[index]

    def stretch_from(self, at_ms: int) -> tuple[int, int] | None:
        """The first stretch that ends after the instant."""
        index = bisect_right(self.ends, at_ms)
        return (self.begins[index], self.ends[index]) if index < len(self.ends) else None


def window_of(plans: DayPlans, zone: ZoneInfo, month: int) -> Window:
    """The window of a month, counted from January 1970."""
    month_begin, month_end = MONTH_STARTS[month], MONTH_STARTS[month + 1]
    day = _utc_date(month_begin) - _MARGIN
    last = _utc_date(month_end) + _MARGIN
    found: list[tuple[int, int]] = []
    while day <= last:
        for begin, end in stretches_on(plans, zone, day):
            if begin < month_end and end > month_begin:
                found.append((max(begin, month_begin), min(end, month_end)))
        day += _ONE_DAY
    return Window(_merged(found))


def stretches_on(plans: DayPlans, zone: ZoneInfo, day: date) -> Iterator[tuple[int, int]]:
    """The UTC stretches of one local date's hours, not merged."""
    intervals = plans.on(day).intervals
    if not intervals or not date_exists(zone, day):
        return
    for begin_minute, end_minute in intervals:
        begin = instant_at(zone, day, begin_minute)
        end = instant_at(zone, day, end_minute)
        if begin < end:
            yield begin, end


def instant_at(zone: ZoneInfo, day: date, minute: int) -> int:
    """The instant in UTC milliseconds of a local time, by minutes after midnight (1440: the next
    midnight). One that does not exist moves forward by the gap, a repeated one is the first.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    # Within a zone Python adds on the local clock, and "fold" stays 0: both of R25's rules.
    since = midnight + timedelta(minutes=minute) - _EPOCH
    return since.days * _DAY_MS + since.seconds * 1_000


def date_exists(zone: ZoneInfo, day: date) -> bool:
    """False for a date that the zone skipped when it crossed the date line."""
    begin, end = _MIDNIGHT
    return instant_at(zone, day, begin) < instant_at(zone, day, end)


def _utc_date(at_ms: int) -> date:
    return _EPOCH.date() + timedelta(days=at_ms // _DAY_MS)


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
