"""A month as open stretches with running sums."""

from datetime import date

import pytest

from libs.common.calendars.day_plans import DayPlans
from libs.common.calendars.windows import (
    MONTH_STARTS,
    MONTHS,
    Window,
    date_exists,
    instant_at,
    window_of,
)
from libs.common.calendars.zones import zone_of
from tests.unit.libs.common.calendars.build import HOUR_MS, at, calendar_of

WINDOW = Window([(100, 200), (300, 350)])


@pytest.mark.parametrize(
    ("moment", "expected"), [(0, 0), (100, 0), (150, 50), (250, 100), (310, 110), (400, 150)]
)
def test_open_until_counts_what_has_passed(moment: int, expected: int) -> None:
    """Before, in, between and after the stretches."""
    assert WINDOW.open_until(moment) == expected


@pytest.mark.parametrize(("open_ms", "expected"), [(1, 101), (100, 200), (101, 301), (150, 350)])
def test_instant_of_is_the_earliest(open_ms: int, expected: int) -> None:
    """The end of a stretch, not the begin of the next."""
    assert WINDOW.instant_of(open_ms) == expected


@pytest.mark.parametrize(
    ("moment", "expected"), [(0, (100, 200)), (199, (100, 200)), (200, (300, 350)), (350, None)]
)
def test_stretch_from_is_the_first_that_still_lasts(
    moment: int, expected: tuple[int, int] | None
) -> None:
    """Half-open: at its end it is over."""
    assert WINDOW.stretch_from(moment) == expected


def test_months_are_those_of_the_calendar() -> None:
    """From January 1970 to the end of 2100."""
    assert MONTHS == 131 * 12
    assert MONTH_STARTS[0] == 0
    assert MONTH_STARTS[-1] == at("2101-01-01T00:00+00:00")


@pytest.mark.parametrize("name", ["Pacific/Auckland", "Pacific/Honolulu", "UTC"])
def test_a_window_fills_its_month_and_no_more(name: str) -> None:
    """In Auckland the local month begins half a day before, in Honolulu half a day after."""
    window = window_of(DayPlans(calendar_of(name, "00:00-24:00")), zone_of(name), 0)

    assert list(zip(window.begins, window.ends, strict=True)) == [(0, MONTH_STARTS[1])]
    assert window.open_ms == 31 * 24 * HOUR_MS


def test_the_days_end_is_the_next_midnight() -> None:
    """24:00 is an instant of the next date, whatever its clock does."""
    zone = zone_of("America/Sao_Paulo")

    assert instant_at(zone, date(2018, 11, 3), 1_440) == at("2018-11-04T01:00-02:00")


def test_a_date_that_a_zone_skipped_does_not_exist() -> None:
    """Samoa went over the date line at the end of 2011."""
    zone = zone_of("Pacific/Apia")

    assert not date_exists(zone, date(2011, 12, 30))
    assert date_exists(zone, date(2011, 12, 31))
