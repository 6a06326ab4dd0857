"""The business clock: what a calendar says about instants in UTC milliseconds, 1970 to 2100.

A calendar is compiled month by month, when a month is first asked for: open stretches in UTC with
running sums, so that every answer within a month is a bisection. A bounded number of months is
kept, and only the sum of each other; what was forgotten is compiled again to the same.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime

from libs.common.calendars.day_plans import DayPlan, DayPlans
from libs.common.calendars.windows import (
    MONTH_STARTS,
    MONTHS,
    Window,
    stretches_on,
    window_of,
)
from libs.common.calendars.zones import zone_of
from libs.common.contracts.configuration import Calendar

WINDOWS_KEPT_MAX = 24
# A day more than the longest time that a calendar may be closed (R25).
HORIZON_MS = 367 * 86_400_000
BEGIN_MS = MONTH_STARTS[0]
END_MS = MONTH_STARTS[-1]


class BusinessClock:
    """Answers for one calendar. Pure: the same question has the same answer for ever.

    Instants are UTC milliseconds from `BEGIN_MS` to before `END_MS`; for others every method raises
    ValueError. Stretches are half-open: at its closing instant a calendar is closed.
    """

    def __init__(self, calendar: Calendar) -> None:
        """Raises UnprocessableError when the zone is not in the pinned data."""
        self.calendar = calendar
        self.zone = zone_of(calendar.zone)
        self._plans = DayPlans(calendar)
        self._windows: dict[int, Window] = {}
        self._open_ms: dict[int, int] = {}

    def __reduce__(self) -> tuple[type["BusinessClock"], tuple[Calendar]]:
        """Copies and pickles are compiled anew: they are equal, and a zone can't be copied."""
        return BusinessClock, (self.calendar,)

    def is_open(self, at_ms: int) -> bool:
        """Whether it is open at the instant."""
        stretch = self._window(_month_of(at_ms)).stretch_from(at_ms)
        return stretch is not None and stretch[0] <= at_ms

    def next_opening(self, at_ms: int) -> int | None:
        """The first instant from here on at which it is open: this one while it is open.

        None when there is none within 367 days, which the door lets no calendar come to, or
        within the years that are counted.
        """
        for begin, _ in self._stretches_from(at_ms):
            return max(begin, at_ms) if begin < at_ms + HORIZON_MS else None
        return None

    def next_closing(self, at_ms: int) -> int | None:
        """The first instant from here on at which it is closed: this one while it is closed.

        None when there is none within 367 days: ask again then.
        """
        closing = at_ms
        for begin, end in self._stretches_from(at_ms):
            if begin > closing:
                break
            closing = end
        return closing if closing < min(at_ms + HORIZON_MS, END_MS) else None

    def last_change(self, at_ms: int) -> int | None:
        """Since when it has been open, or closed, as it is at the instant.

        None when that is more than 367 days or behind the years that are counted.
        """
        is_open, since = self.is_open(at_ms), at_ms
        for begin, end in self._stretches_until(at_ms):
            if not is_open:
                return end
            if end < since:
                break
            since = begin
        # What begins with the horizon or the years that are counted may have begun before.
        is_known = is_open and since > max(at_ms - HORIZON_MS, BEGIN_MS)
        return since if is_known else None

    def business_ms_between(self, begin_ms: int, end_ms: int) -> int:
        """For how many milliseconds it is open in `[begin_ms, end_ms)`; 0 for none or less."""
        first, last = _month_of(begin_ms), _month_of(end_ms)
        if end_ms <= begin_ms:
            return 0
        whole = sum(map(self._open_ms_in, range(first, last)))
        before = self._window(first).open_until(begin_ms)
        return whole + self._window(last).open_until(end_ms) - before

    def due(self, at_ms: int, business_ms: int) -> int | None:
        """The first instant by which it will have been open for so long since the first one.

        An exact end of the opening is that closing instant, not the opening after it. None when
        that lies behind the years that are counted. Raises ValueError for a negative duration.
        """
        if business_ms < 0:
            raise ValueError(f"business_ms {business_ms}: must not be negative")
        month = _month_of(at_ms)
        if business_ms == 0:
            return at_ms
        remaining = self._window(month).open_until(at_ms) + business_ms
        while remaining > (open_ms := self._open_ms_in(month)):
            remaining -= open_ms
            month += 1
            if month == MONTHS:
                return None
        return self._window(month).instant_of(remaining)

    def local_time(self, at_ms: int) -> datetime:
        """The instant as the zone's clock shows it, to the second."""
        return datetime.fromtimestamp(at_ms // 1_000, self.zone)

    def plan_on(self, day: date) -> DayPlan:
        """What the calendar says of a local date."""
        return self._plans.on(day)

    def opens_on(self, day: date) -> bool:
        """Whether the hours of a local date open it for any time at all."""
        return any(stretches_on(self._plans, self.zone, day))

    def _stretches_from(self, at_ms: int) -> Iterator[tuple[int, int]]:
        """The stretches that end after the instant, within the horizon, cut at each month."""
        month = _month_of(at_ms)
        while month < MONTHS and MONTH_STARTS[month] <= at_ms + HORIZON_MS:
            window = self._window(month)
            first = bisect_right(window.ends, at_ms)
            yield from zip(window.begins[first:], window.ends[first:], strict=True)
            month += 1

    def _stretches_until(self, at_ms: int) -> Iterator[tuple[int, int]]:
        """The stretches that begin by the instant, the latest first, in the same way."""
        month = _month_of(at_ms)
        while month >= 0 and MONTH_STARTS[month + 1] > at_ms - HORIZON_MS:
            window = self._window(month)
            for index in reversed(range(bisect_right(window.begins, at_ms))):
                yield window.begins[index], window.ends[index]
            month -= 1

    def _open_ms_in(self, month: int) -> int:
        open_ms = self._open_ms.get(month)
        return self._window(month).open_ms if open_ms is None else open_ms

    def _window(self, month: int) -> Window:
        window = self._windows.get(month)
        if window is None:
            window = window_of(self._plans, self.zone, month)
            if len(self._windows) >= WINDOWS_KEPT_MAX:
                del self._windows[next(iter(self._windows))]
            self._windows[month] = window
            self._open_ms[month] = window.open_ms
        return window


def compile_calendar(calendar: Calendar) -> BusinessClock:
    """The clock of a calendar.

    Raises UnprocessableError when the pinned zone data does not have its zone; asking it, when
    the pinned holidays do not have its places.
    """
    return BusinessClock(calendar)


def _month_of(at_ms: int) -> int:
    if not BEGIN_MS <= at_ms < END_MS:
        raise ValueError(f"instant {at_ms}: outside the years that calendars count")
    return bisect_right(MONTH_STARTS, at_ms) - 1
