"""A queue's hours and a conversation's clock in words."""

from typing import Any

from demo.report.hours import hours_and_clocks
from tests.unit.libs.common.calendars.build import at

CLOCK = {
    "target": "first_response",
    "state": "running",
    "why": "the calendar is closed, so no open time passes",
    "due_ms": at("2026-11-30T10:00+01:00"),
    "remaining_ms": 3_600_000,
}
HOURS = {
    "calendar_id": "office",
    "zone": "Europe/Berlin",
    "is_open": False,
    "since_ms": at("2026-11-27T18:00+01:00"),
    "next_opening_ms": at("2026-11-30T09:00+01:00"),
    "next_closing_ms": None,
    "today": "closed",
    "why": "",
}
CONVERSATION = {
    "policy_id": "callbacks",
    "clocks": [CLOCK],
    "next_firing": {"what": "at_risk", "at_ms": at("2026-11-30T09:48+01:00")},
}
CLOCKS: dict[str, Any] = {
    "queue": {"queue_id": "callbacks", "hours": HOURS, "conversations": [CONVERSATION]}
}


def test_a_clock_over_a_weekend_says_when_it_goes_on() -> None:
    """By the clock of the place, and how much of the hour is left."""
    assert list(hours_and_clocks(CLOCKS)) == [
        "Queue callbacks by calendar office (Europe/Berlin):",
        "  closed since Fri 27 Nov 18:00, opens Mon 30 Nov 09:00; today's hours: closed.",
        "Policy callbacks promises a conversation in it:",
        "  first response: running, 1 h 00 min of open time left, due Mon 30 Nov 10:00.",
        "  now the calendar is closed, so no open time passes.",
        "  what fires next: at risk, Mon 30 Nov 09:48.",
    ]


def test_an_open_queue_says_when_it_closes_and_a_clock_that_stands_still_what_is_left() -> None:
    """Nothing is due and nothing fires; a holiday has its name."""
    hours = {
        **HOURS,
        "is_open": True,
        "since_ms": None,
        "next_closing_ms": at("2026-12-24T12:00+01:00"),
        "today": "09:00-12:00",
        "why": "Christmas Eve",
    }
    clocks = [
        {**CLOCK, "state": "paused", "due_ms": None, "remaining_ms": left_ms, "why": ""}
        for left_ms in (59_000, 61_000, None)
    ]
    conversation = {"policy_id": "callbacks", "clocks": clocks, "next_firing": None}
    queue = {"queue_id": "callbacks", "hours": hours, "conversations": [conversation]}

    assert list(hours_and_clocks({"queue": queue}))[1:] == [
        "  open, closes Thu 24 Dec 12:00; today's hours: 09:00-12:00 (Christmas Eve).",
        "Policy callbacks promises a conversation in it:",
        "  first response: paused, 59 s of open time left.",
        "  first response: paused, 1 min of open time left.",
        "  first response: paused.",
    ]


def test_a_queue_where_nothing_is_promised_tells_its_hours_alone() -> None:
    """Nobody asked for a call."""
    queue = {"queue_id": "callbacks", "hours": HOURS, "conversations": []}

    assert len(list(hours_and_clocks({"queue": queue}))) == 2
