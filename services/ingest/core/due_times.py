"""Times that an agent's app may ask for: none that has passed, none more than a year ahead.

Judged at the door by its own clock, so that a mistake is answered at once; the router judges again,
by the log's time.
"""

from datetime import UTC, datetime

from libs.common.calendars.windows import instant_at
from libs.common.calendars.zones import zone_names, zone_of
from libs.common.contracts.timed_events import DUE_WITHIN_S_MAX
from libs.common.errors import InvalidInputError

_EARLIEST = datetime.fromisoformat("1971-01-01T00:00")
_LATEST = datetime.fromisoformat("2999-01-01T00:00")


class DueTimeError(InvalidInputError):
    """The time has passed, or lies too far ahead."""

    title = "Time out of range"


def due_ms_of(at: datetime, *, now: datetime, field: str) -> int:
    """The instant in milliseconds. Raises DueTimeError, naming the field."""
    ahead_s = (at - now).total_seconds()
    if ahead_s <= 0:
        raise DueTimeError(f"{field}: has passed")
    if ahead_s > DUE_WITHIN_S_MAX:
        raise DueTimeError(f"{field}: more than {DUE_WITHIN_S_MAX // 86_400} days ahead")
    return round(at.timestamp() * 1_000)


def instant_of(local: datetime, zone: str) -> datetime:
    """When a local clock in this zone shows that time, to the minute. Where it never does, since
    the clock is put forward, it is later by the gap; where it does twice, the first is meant (R25).

    Raises InvalidInputError for a zone that there is not.
    """
    if zone not in zone_names():
        raise InvalidInputError("zone: not an IANA zone")
    # What is decades away is refused as well as what is centuries away, and can be reckoned with.
    local = min(max(local, _EARLIEST), _LATEST)
    minute = 60 * local.hour + local.minute
    at_ms = instant_at(zone_of(zone), local.date(), minute)
    return datetime.fromtimestamp(at_ms / 1_000, UTC)
