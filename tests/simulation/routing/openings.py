"""When a simulated desk is open, by counting minutes: nothing of the business clock's own code."""

from collections.abc import Iterator
from functools import lru_cache

from libs.common.calendars.zones import zone_of
from libs.common.contracts.configuration import Calendar
from tests.unit.libs.common.calendars.slow_count import SlowCount

MINUTE_MS = 60_000
# What a run can live to see, with room on both sides.
BEFORE_MINUTES, MINUTES = 120, 720


class AllTime:
    """For those who name no calendar."""

    calendar: Calendar | None = None

    def open_ms(self, begin_ms: int, end_ms: int) -> int | None:
        """All the time between the two."""
        return max(0, end_ms - begin_ms)

    def due(self, at_ms: int, open_ms: int) -> int | None:
        """The instant so much later."""
        return at_ms + open_ms


class Openings(AllTime):
    """The open minutes of one calendar around an instant; beyond them nothing is known (None)."""

    def __init__(self, calendar: Calendar, around_ms: int) -> None:
        begin = around_ms // MINUTE_MS - BEFORE_MINUTES
        self.calendar = calendar
        self._count = SlowCount(calendar, zone_of(calendar.zone), begin, MINUTES)

    def is_open(self, at_ms: int) -> bool:
        """Whether the minute is among those that are open."""
        return at_ms // MINUTE_MS in self._count.open

    def open_ms(self, begin_ms: int, end_ms: int) -> int | None:
        """Minute by minute, the outer ones in part."""
        if end_ms >= self._count.end * MINUTE_MS:
            return None
        return sum(end - begin for begin, end in self._stretches(begin_ms, end_ms))

    def due(self, at_ms: int, open_ms: int) -> int | None:
        """The first instant by which it was open for so long."""
        if not open_ms:
            return at_ms
        for begin, end in self._stretches(at_ms, self._count.end * MINUTE_MS):
            if open_ms <= end - begin:
                return begin + open_ms
            open_ms -= end - begin
        return None

    def next_opening(self, at_ms: int) -> int | None:
        """The begin of the next minute that is open, or now."""
        return next((b for b, _ in self._stretches(at_ms, self._count.end * MINUTE_MS)), None)

    def was_open_before(self, at_ms: int) -> bool:
        """Whether the local day of the instant had any open minute before it."""
        count, minute = self._count, at_ms // MINUTE_MS
        day = count.walls[minute - count.first].date()
        while minute >= count.first and count.walls[minute - count.first].date() == day:
            minute -= 1
            if minute in count.open and count.walls[minute - count.first].date() == day:
                return True
        return False

    def is_same_day(self, one_ms: int, other_ms: int) -> bool:
        """Whether both are on one local date."""
        walls, first = self._count.walls, self._count.first
        one, other = (walls[at_ms // MINUTE_MS - first].date() for at_ms in (one_ms, other_ms))
        return one == other

    def next_closing(self, at_ms: int) -> int | None:
        """The first minute from here on that is closed."""
        minutes = range(at_ms // MINUTE_MS, self._count.end)
        return next((m * MINUTE_MS for m in minutes if m not in self._count.open), None)

    def _stretches(self, begin_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
        """Open minutes between two instants, cut by them."""
        for minute in range(begin_ms // MINUTE_MS, end_ms // MINUTE_MS + 1):
            if minute in self._count.open:
                begin, end = max(begin_ms, minute * MINUTE_MS), (minute + 1) * MINUTE_MS
                if begin < min(end, end_ms):
                    yield begin, min(end, end_ms)


def openings_of(calendar: Calendar, at_ms: int) -> Openings:
    """The same for equal calendars at about the same time: to count takes a while."""
    return _counted(calendar.model_dump_json(), at_ms // (BEFORE_MINUTES * MINUTE_MS))


@lru_cache(maxsize=64)
def _counted(calendar: str, part: int) -> Openings:
    around_ms = part * BEFORE_MINUTES * MINUTE_MS
    return Openings(Calendar.model_validate_json(calendar), around_ms)
