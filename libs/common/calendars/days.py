"""The next days of a calendar for people: hours, why a day differs, and changes of the clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.common.calendars.business_clock import BusinessClock
from libs.common.calendars.day_plans import Minutes
from libs.common.calendars.windows import date_exists, instant_at

DAYS_SHOWN = 14
DAYS_SHOWN_MAX = 366
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = 24
_DAY_MINUTES = _HOURS * 60
_HOUR_MINUTES = 60
_MINUTE_MS = 60_000
_SCALE = f"{'':14}  {'0':6}{'6':6}{'12':6}18"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One local date of a calendar, as it stands on a wall."""

    date: date
    exists: bool
    """False for a date that the zone skipped when it crossed the date line."""
    intervals: tuple[Minutes, ...]
    """Open minutes of the local clock, `[begin, end)`; none: closed."""
    reason: str
    """The holiday or the exception that makes it so; empty for a common weekday."""
    clock_change: str
    """Such as `+01:00 to +02:00 at 02:00`, by the clock before the change; empty for none."""

    def line(self) -> str:
        """The day in one line of text."""
        return f"{self._name()}  {self._told()}"

    def bar(self) -> str:
        """The day in one line with a bar of 24 cells, an hour each: open, in part, closed."""
        cells = "".join(self._cell(hour * _HOUR_MINUTES) for hour in range(_HOURS))
        return f"{self._name()}  {cells}  {self._told()}"

    def _cell(self, begin: int) -> str:
        middle, end = begin + _HOUR_MINUTES // 2, begin + _HOUR_MINUTES
        first, second = self._open_minutes(begin, middle), self._open_minutes(middle, end)
        if first + second == _HOUR_MINUTES:
            return "█"
        if not first + second:
            return "·"
        return "▌" if first > second else "▐" if second > first else "▒"

    def _open_minutes(self, begin: int, end: int) -> int:
        return sum(max(0, min(end, till) - max(begin, since)) for since, till in self.intervals)

    def _name(self) -> str:
        return f"{_NAMES[self.date.weekday()]} {self.date}"

    def _told(self) -> str:
        parts = [self._hours()]
        if self.reason:
            parts.append(f"({self.reason})")
        if self.clock_change:
            parts.append(f"[clock: {self.clock_change}]")
        return "  ".join(parts)

    def _hours(self) -> str:
        if not self.exists:
            return "skipped by this zone"
        hours = ", ".join(hours_of(self.intervals))
        return hours or "closed"


def days_from(clock: BusinessClock, at_ms: int, *, days: int = DAYS_SHOWN) -> tuple[Day, ...]:
    """That many days (at most 366) from the local date of the instant, which is the first."""
    today = clock.local_time(at_ms).date()
    return tuple(
        _day(clock, today + timedelta(days=number)) for number in range(min(days, DAYS_SHOWN_MAX))
    )


def days_as_text(clock: BusinessClock, at_ms: int, *, days: int = DAYS_SHOWN) -> tuple[str, ...]:
    """The same as lines: what the calendar is, then a line for each day."""
    return (_title(clock, days), *(day.line() for day in days_from(clock, at_ms, days=days)))


def days_as_bars(clock: BusinessClock, at_ms: int, *, days: int = DAYS_SHOWN) -> tuple[str, ...]:
    """The same for a terminal: below the title the hours of a day, then each day with its bar."""
    bars = (day.bar() for day in days_from(clock, at_ms, days=days))
    return (_title(clock, days), _SCALE, *bars)


def _title(clock: BusinessClock, days: int) -> str:
    calendar = clock.calendar
    return f"{calendar.name or calendar.calendar_id} ({calendar.zone}), the next {days} days"


def _day(clock: BusinessClock, day: date) -> Day:
    plan = clock.plan_on(day)
    exists = date_exists(clock.zone, day)
    return Day(
        date=day,
        exists=exists,
        intervals=plan.intervals if exists else (),
        reason=plan.reason,
        clock_change=_clock_change(clock.zone, day),
    )


def _clock_change(zone: ZoneInfo, day: date) -> str:
    """Found by halving the day, so of two changes in one day one is told. A change at midnight
    belongs to the day that it begins.
    """
    midnight = instant_at(zone, day, 0)
    begin, end = midnight - 1, instant_at(zone, day, _DAY_MINUTES) - 1
    before, after = _offset(zone, begin), _offset(zone, end)
    if before == after:
        return ""
    while end - begin > 1:
        middle = (begin + end) // 2
        begin, end = (middle, end) if _offset(zone, middle) == before else (begin, middle)
    minute = (end - midnight) // _MINUTE_MS
    if _offset(zone, midnight) != before:
        minute = 0
    return f"{_signed(before)} to {_signed(after)} at {clock_time(minute)}"


def _offset(zone: ZoneInfo, at_ms: int) -> timedelta:
    at = datetime.fromtimestamp(at_ms // 1_000, UTC).astimezone(zone)
    return at.replace(tzinfo=UTC) - at


def _signed(offset: timedelta) -> str:
    minutes = round(offset.total_seconds()) // _HOUR_MINUTES
    return f"{'-' if minutes < 0 else '+'}{clock_time(abs(minutes))}"


def hours_of(intervals: Iterable[Minutes]) -> list[str]:
    """Open times of a day as the local clock shows them: `09:00-12:30`."""
    return [f"{clock_time(begin)}-{clock_time(end)}" for begin, end in intervals]


def clock_time(minutes: int) -> str:
    """Minutes after midnight as the clock shows them; the day's end is 24:00."""
    return "{:02}:{:02}".format(*divmod(minutes, _HOUR_MINUTES))
