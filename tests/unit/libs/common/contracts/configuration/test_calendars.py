"""Calendars: what can be said of hours, days and what happens outside them."""

import pytest
from pydantic import ValidationError

from libs.common.contracts.configuration import (
    CalendarException,
    DeskConfiguration,
    OutOfHours,
    ShiftEnd,
)


def test_a_desk_without_calendars_is_as_it_was() -> None:
    """Documents of earlier versions mean: always open, on shift at any time."""
    desk = DeskConfiguration.model_validate(
        {
            "queues": [{"queue_id": "support"}],
            "agent_groups": [{"agent_group_id": "front"}],
            "agents": [{"agent_id": "anna"}],
            "default": {"queue": "support"},
        }
    )

    assert desk.calendars == ()
    assert (desk.queues[0].calendar, desk.queues[0].out_of_hours) == (None, OutOfHours())
    assert (desk.agents[0].shift, desk.agent_groups[0].shift) == (None, None)
    assert desk.agent_groups[0].shift_end is None
    assert desk.policies.shift_end == ShiftEnd(nothing_new_before_end_s=0, open_work="keep")


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"date": "2026-12-24"}, 1),
        ({"date": "2026-12-24", "until": "2026-12-24"}, 1),
        ({"date": "2026-12-24", "until": "2027-01-02"}, 10),
        ({"date": "2028-01-01", "until": "2028-12-31"}, 366),
        ({"every_year": "02-29"}, 0),
    ],
)
def test_an_exception_names_its_days(fields: dict[str, str], count: int) -> None:
    """Both ends included; those of every year have no number."""
    assert len(CalendarException.model_validate(fields).days()) == count


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"date": "2026-12-24", "every_year": "12-24"},
        {"until": "2026-12-24"},
        {"date": "2026-12-24", "until": "2026-12-23"},
        {"date": "2027-01-01", "until": "2028-01-02"},
        {"every_year": "12-24", "until": "2026-12-24"},
        {"date": "2026-02-29"},
        {"every_year": "02-30"},
        {"date": "24.12.2026"},
        {"date": "2026-12-24", "hours": ["17:00-09:00"]},
        {"date": "2026-12-24", "hours": ["09:00-09:00"]},
        {"date": "2026-12-24", "hours": ["24:00-24:00"]},
        {"date": "2026-12-24", "hours": ["9:00-17:00"]},
        {"date": "2026-12-24", "hours": ["00:00-01:00"] * 9},
    ],
)
def test_an_exception_that_contradicts_itself_is_a_mistake(fields: dict[str, object]) -> None:
    """No or two ways to name its days, days that do not exist, hours that are none."""
    with pytest.raises(ValidationError):
        CalendarException.model_validate(fields)


@pytest.mark.parametrize(
    "fields",
    [{"do": "move"}, {"do": "follow_the_sun"}, {"queue": "night"}, {"do": "shout"}],
)
def test_only_moving_names_a_queue(fields: dict[str, str]) -> None:
    """And it must."""
    with pytest.raises(ValidationError):
        OutOfHours.model_validate(fields)
