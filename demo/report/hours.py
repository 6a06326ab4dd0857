"""A queue's hours, one conversation's clocks and the next days, as the router told them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from libs.common.calendars.zones import zone_of

Told = Mapping[str, Any]
_SECOND_MS, _MINUTE_S, _HOUR_S = 1_000, 60, 3_600


def print_hours(console: Console, clocks: Told) -> None:
    """The same lines, indented."""
    for line in hours_and_clocks(clocks):
        console.print(Text(f"  {line}"))


def hours_and_clocks(clocks: Told) -> Iterator[str]:
    """The queue's hours, then of the first conversation what is promised and what fires next."""
    queue = clocks["queue"]
    hours = queue["hours"]
    zone = hours["zone"]
    yield f"Queue {queue['queue_id']} by calendar {hours['calendar_id']} ({zone}):"
    yield f"  {_hours(hours, zone)}."
    for conversation in queue["conversations"][:1]:
        yield f"Policy {conversation['policy_id']} promises a conversation in it:"
        for line in _conversation(conversation, zone):
            yield f"  {line}."


def _hours(hours: Told, zone: str) -> str:
    told = "open" if hours["is_open"] else "closed"
    since = f" since {_shown(hours['since_ms'], zone)}" if hours["since_ms"] is not None else ""
    change = hours["next_closing_ms"] if hours["is_open"] else hours["next_opening_ms"]
    then = "closes" if hours["is_open"] else "opens"
    until = f", {then} {_shown(change, zone)}" if change is not None else ""
    why = f" ({hours['why']})" if hours["why"] else ""
    return f"{told}{since}{until}; today's hours: {hours['today']}{why}"


def _conversation(told: Told, zone: str) -> Iterator[str]:
    for clock in told["clocks"]:
        target = clock["target"].replace("_", " ")
        due = f", due {_shown(clock['due_ms'], zone)}" if clock["due_ms"] is not None else ""
        left_ms = clock["remaining_ms"]
        left = f", {_duration(left_ms)} of open time left" if left_ms is not None else ""
        yield f"{target}: {clock['state']}{left}{due}"
        if clock["why"]:
            yield f"now {clock['why']}"
    firing = told["next_firing"]
    if firing is not None:
        what = firing["what"].replace("_", " ")
        yield f"what fires next: {what}, {_shown(firing['at_ms'], zone)}"


def _shown(at_ms: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at_ms / _SECOND_MS, zone_of(zone)):%a %d %b %H:%M}"


def _duration(left_ms: int) -> str:
    left_s = left_ms // _SECOND_MS
    if left_s < _MINUTE_S:
        return f"{left_s} s"
    if left_s < _HOUR_S:
        return f"{left_s // _MINUTE_S} min"
    return f"{left_s // _HOUR_S} h {left_s % _HOUR_S // _MINUTE_S:02} min"
