"""Desks with hours, shifts and clocks that count open time, at instants where calendars go wrong.

A run lasts minutes of engine time. So each begins minutes before a change of some zone's clock, or
before the midnight of a holiday, and hours are minutes long.
"""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.common.contracts import events as e
from libs.common.contracts.configuration import WEEKDAYS, DeskConfiguration
from services.router.core.engine import Engine
from tests.simulation.routing.desks import Json
from tests.simulation.routing.promising_talk import PromisingTalk
from tests.simulation.routing.talk import PartitionTalk

# Each with the zone that something happens in, a minute and a half later.
STARTS: tuple[tuple[str, str], ...] = (
    ("2024-03-31T00:58:30+00:00", "Europe/Berlin"),  # forward at 01:00
    ("2024-10-27T00:58:30+00:00", "Europe/Berlin"),  # back at 01:00
    ("2023-12-24T22:58:30+00:00", "Europe/Berlin"),  # the midnight before a holiday
    ("2024-03-10T06:58:30+00:00", "America/New_York"),  # forward at 07:00
    ("2024-07-05T03:58:30+00:00", "America/New_York"),  # the midnight after a holiday
    ("2024-04-06T14:58:30+00:00", "Australia/Lord_Howe"),  # back by half an hour at 15:00
    ("2023-11-14T22:13:20+00:00", "Asia/Kolkata"),  # nothing at all
)
STARTS_MS = tuple(int(datetime.fromisoformat(at).timestamp()) * 1_000 for at, _ in STARTS)
HOLIDAYS = {"Europe/Berlin": "DE", "America/New_York": "US", "Australia/Lord_Howe": "AU"}
CALENDARS = ("day", "night")
AHEAD_MINUTES = 8
NOTICES = ({"language": "en", "text": "Closed until {next_opening}"},)


class TimedTalk(PromisingTalk):
    """Says what a partition says, at desks that open and close and agents who go home."""

    def __init__(self, rng: random.Random, shadow: Engine) -> None:
        super().__init__(rng, shadow)
        self._is_calm = False

    def calm(self, now_ms: int) -> list[bytes]:
        """After the faults all is open and everybody on shift: what is left can get done."""
        values = super().calm(now_ms)
        if self._is_calm:
            return values
        self._is_calm = True
        for desk, plain in sorted(self._configurations.items()):
            self._count += 1
            configured = e.DeskConfigured(configuration=plain)
            # Not dressed: what the talk of partitions without promises would say.
            values.append(PartitionTalk._encode(self, configured, desk, now_ms))
        return values

    def _dressed(self, plain: DeskConfiguration, now_ms: int) -> DeskConfiguration:
        rng = self._own
        document = super()._dressed(plain, now_ms).model_dump(mode="json", exclude_unset=True)
        begun_ms = min(STARTS_MS, key=lambda at_ms: abs(at_ms - now_ms))
        home = STARTS[STARTS_MS.index(begun_ms)][1]
        document["calendars"] = [_calendar(rng, name, home, begun_ms) for name in CALENDARS]
        for queue in document["queues"]:
            queue["calendar"] = rng.choice((None, *CALENDARS))
            if queue["calendar"] is not None:
                do = rng.choice(("wait", "message_only"))
                queue["out_of_hours"] = {"do": do, "notices": NOTICES}
        for agent in document["agents"]:
            agent["shift"] = rng.choice((None, None, *CALENDARS))
        for policy in document["sla_policies"]:
            policy["calendar"] = rng.choice((None, *CALENDARS))
        ends = {
            "nothing_new_before_end_s": rng.choice((0, 20)),
            "open_work": rng.choice(("hand_over", "keep")),
        }
        document["policies"] = {**document.get("policies", {}), "shift_end": ends}
        return DeskConfiguration.model_validate(document)


def _calendar(rng: random.Random, name: str, home: str, begun_ms: int) -> Json:
    zone = rng.choice((home, home, home, "UTC"))
    times = sorted(rng.sample(sorted(_times(zone, begun_ms)), rng.choice((4, 6, 8))))
    hours = [f"{begin}-{end}" for begin, end in zip(times[::2], times[1::2], strict=True)]
    country = HOLIDAYS.get(zone)
    return {
        "calendar_id": name,
        "zone": zone,
        "opening": dict.fromkeys(WEEKDAYS, hours),
        "holidays": [{"country": country}] if country and rng.random() < 0.7 else [],
    }


def _times(zone: str, begun_ms: int) -> set[str]:
    """Local times of the next minutes, the same an hour off, and the day's ends."""
    begun = datetime.fromtimestamp(begun_ms / 1_000, UTC).astimezone(ZoneInfo(zone))
    wall = begun.replace(tzinfo=None)
    offsets = [
        timedelta(minutes=minutes, hours=hours)
        for minutes in range(-1, AHEAD_MINUTES)
        for hours in (-1, 0, 1)
    ]
    return {"00:00", "24:00", *((wall + offset).strftime("%H:%M") for offset in offsets)}
