"""Calendars and instants for tests, in few words."""

from datetime import datetime

from libs.common.calendars import BusinessClock, compile_calendar
from libs.common.contracts.configuration import WEEKDAYS, Calendar

HOUR_MS = 3_600_000


def calendar_of(zone: str, *hours: str, **fields: object) -> Calendar:
    """A calendar with these hours on every day of the week."""
    opening = {weekday: list(hours) for weekday in WEEKDAYS} if hours else {}
    return Calendar.model_validate(
        {"calendar_id": "office", "zone": zone, "opening": opening, **fields}
    )


def clock_of(zone: str, *hours: str, **fields: object) -> BusinessClock:
    """The business clock of such a calendar."""
    return compile_calendar(calendar_of(zone, *hours, **fields))


def at(text: str) -> int:
    """The instant of an ISO time with its offset, in UTC milliseconds."""
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1_000 + moment.microsecond // 1_000


def openings(clock: BusinessClock, begin: str, end: str) -> list[tuple[int, int]]:
    """The open stretches between two instants, as a timer would walk through them."""
    found: list[tuple[int, int]] = []
    now, until = at(begin), at(end)
    while now < until:
        opens = clock.next_opening(now)
        if opens is None or opens >= until:
            break
        closes = clock.next_closing(opens)
        assert closes is not None
        found.append((opens, closes))
        now = closes
    return found
