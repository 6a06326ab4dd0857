"""The doors by the names that metrics know them by: a bounded set, whatever paths are asked for."""

from collections.abc import Container

from libs.common.contracts.terms import ChannelName

EVENTS = "events"
AGENT = "agent"
LINKS = "links"
CONFIGURATION = "configuration"
UNKNOWN = "unknown"

_DESK_DOORS = {
    "presence": AGENT,
    "reservations": AGENT,
    "conversations": AGENT,
    "work-items": AGENT,
    "links": LINKS,
    "unlinks": LINKS,
    "configuration": CONFIGURATION,
}


def door_of(path: str, channels: Container[ChannelName]) -> str:
    """The door that a path belongs to; a channel's door has the channel's name."""
    match path.split("/", maxsplit=5):
        case ["", "v1", "channels", name, *_] if name in channels:
            return name
        case ["", "v1", "events"]:
            return EVENTS
        case ["", "v1", "desks", _, part, *_]:
            return _DESK_DOORS.get(part, UNKNOWN)
        case _:
            return UNKNOWN
