"""Whose turn it is: weeks and days on a zone's clock, both changes of summer time, stand-ins."""

from datetime import UTC, datetime

import pytest

from libs.common.calendars.rotations import on_call_at
from libs.common.contracts.configuration import Rotation


def at(moment: str) -> int:
    """An instant in UTC, in milliseconds."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()) * 1_000


def turns(**changes: object) -> Rotation:
    """Ann's week from Monday 5 January 2026, 9 o'clock in Berlin, then ben's, then cem's."""
    fields = {
        "rotation_id": "nights",
        "zone": "Europe/Berlin",
        "begins": "2026-01-05",
        "members": ("ann", "ben", "cem"),
        **changes,
    }
    return Rotation.model_validate(fields)


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-01-05T07:59:59", "cem"),
        ("2026-01-05T08:00:00", "ann"),
        ("2026-01-12T07:59:59", "ann"),
        ("2026-01-12T08:00:00", "ben"),
        ("2026-01-26T07:59:59", "cem"),
        ("2026-01-26T08:00:00", "ann"),
        # Summer time: nine o'clock comes an hour earlier.
        ("2026-03-30T06:59:59", "cem"),
        ("2026-03-30T07:00:00", "ann"),
        # Long before, counted backwards.
        ("2025-12-15T08:00:00", "ann"),
        ("2025-12-15T07:59:59", "cem"),
    ],
)
def test_turns_change_at_a_local_time(moment: str, who: str) -> None:
    """Half-open: at the hand-over it is the next one's turn."""
    assert on_call_at(turns(), at(moment)) == who


def test_a_hand_over_that_the_clock_skips_is_moved_by_the_gap() -> None:
    """On 29 March 2026 there is no half past two in Berlin: it is half past three, 01:30 UTC."""
    daily = turns(begins="2026-03-28", hand_over_at="02:30", turn_days=1)

    assert on_call_at(daily, at("2026-03-29T01:29:59")) == "ann"
    assert on_call_at(daily, at("2026-03-29T01:30:00")) == "ben"


def test_of_a_repeated_hand_over_the_first_is_meant() -> None:
    """On 25 October 2026 half past two comes twice in Berlin; the first is 00:30 UTC."""
    daily = turns(begins="2026-10-24", hand_over_at="02:30", turn_days=1)

    assert on_call_at(daily, at("2026-10-25T00:29:59")) == "ann"
    assert on_call_at(daily, at("2026-10-25T00:30:00")) == "ben"
    assert on_call_at(daily, at("2026-10-25T01:30:00")) == "ben"


def test_whoever_stands_in_is_on_call_for_that_time() -> None:
    """Half-open on the rotation's clock; of two that hold, the first."""
    stand_ins = [
        {"contact": "cem", "begins": "2026-01-06T09:00", "ends": "2026-01-07T09:00"},
        {"contact": "ben", "begins": "2026-01-06T09:00", "ends": "2026-01-08T09:00"},
    ]
    rotation = turns(overrides=stand_ins)

    asked = ("2026-01-06T07:59:59", "2026-01-06T08:00", "2026-01-07T08:00", "2026-01-08T08:00")
    assert [on_call_at(rotation, at(one)) for one in asked] == ["ann", "cem", "ben", "ann"]
