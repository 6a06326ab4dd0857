"""Times that an agent's app may ask for: none that has passed, none more than a year ahead.

Judged at the door by its own clock, so that a mistake is answered at once; the router judges again,
by the log's time.
"""

from datetime import datetime

from libs.common.contracts.timed_events import DUE_WITHIN_S_MAX
from libs.common.errors import InvalidInputError


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
