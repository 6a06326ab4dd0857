"""Whose turn a rotation says it is at an instant. Pure: the same question, the same answer."""

from datetime import date, datetime, timedelta

from libs.common.calendars.windows import instant_at
from libs.common.calendars.zones import zone_of
from libs.common.contracts.configuration import Override, Rotation

_ONE_DAY = timedelta(days=1)


def on_call_at(rotation: Rotation, now_ms: int) -> str:
    """The contact who is on call at an instant in UTC milliseconds, 1970 to 2100.

    Local times become instants as everywhere (R25): one that does not exist moves forward by the
    gap, of a repeated one the first is meant. Raises UnprocessableError when the pinned data does
    not have the zone.
    """
    for override in rotation.overrides:
        if _holds(rotation, override, now_ms):
            return override.contact
    zone = zone_of(rotation.zone)
    day = datetime.fromtimestamp(now_ms // 1_000, zone).date()
    if now_ms < instant_at(zone, day, _minutes(rotation.hand_over_at)):
        day -= _ONE_DAY
    turns = (day - date.fromisoformat(rotation.begins)).days // rotation.turn_days
    return rotation.members[turns % len(rotation.members)]


def _holds(rotation: Rotation, override: Override, now_ms: int) -> bool:
    begins_ms, ends_ms = (_instant(rotation, at) for at in (override.begins, override.ends))
    return begins_ms <= now_ms < ends_ms


def _instant(rotation: Rotation, moment: str) -> int:
    day, at = moment.split("T")
    return instant_at(zone_of(rotation.zone), date.fromisoformat(day), _minutes(at))


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)
