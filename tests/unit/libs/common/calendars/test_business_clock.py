"""The business clock: edges of hours, of months, of the years, and what it keeps."""

import pickle
from copy import deepcopy

import pytest

from libs.common.calendars import BEGIN_MS, END_MS, HORIZON_MS, compile_calendar
from libs.common.calendars.business_clock import WINDOWS_KEPT_MAX
from libs.common.contracts.configuration import WEEKDAYS
from libs.common.errors import UnprocessableError
from tests.unit.libs.common.calendars.build import HOUR_MS, at, calendar_of, clock_of

DAY_MS = 24 * HOUR_MS


def test_due_passes_nights_weekends_and_holidays() -> None:
    """Four business hours from Wednesday at 16:00 end on Monday at 10:00, Christmas between."""
    opening = {weekday: ["09:00-17:00"] for weekday in WEEKDAYS[:5]}
    clock = clock_of(
        "Europe/Berlin",
        opening=opening,
        holidays=[{"country": "DE"}],
        exceptions=[{"date": "2026-12-24", "hours": ["09:00-11:00"]}],
    )

    due = clock.due(at("2026-12-23T16:00+01:00"), 4 * HOUR_MS)

    assert due == at("2026-12-28T10:00+01:00")


def test_hours_are_half_open() -> None:
    """Open at the opening instant, closed at the closing one."""
    clock = clock_of("UTC", "09:00-10:00")
    opens, closes = at("2026-06-01T09:00+00:00"), at("2026-06-01T10:00+00:00")

    assert [clock.is_open(moment) for moment in (opens - 1, opens, closes - 1, closes)] == [
        False,
        True,
        True,
        False,
    ]
    assert (clock.next_opening(opens), clock.next_closing(opens)) == (opens, closes)
    assert clock.next_opening(opens + 1) == opens + 1
    assert (clock.next_opening(closes), clock.next_closing(closes)) == (opens + DAY_MS, closes)


def test_it_knows_since_when_it_has_been_open_or_closed() -> None:
    """Over the end of a month too; an instant at which it changes is its own beginning."""
    clock = clock_of("UTC", "00:00-06:00", "18:00-24:00")
    opened = at("2026-05-31T18:00+00:00")
    closed = opened + 12 * HOUR_MS

    asked = (opened - 1, opened, closed - 1, closed, closed + HOUR_MS)
    assert [clock.last_change(moment) for moment in asked] == [
        opened - 12 * HOUR_MS,
        opened,
        opened,
        closed,
        closed,
    ]
    assert clock_of("UTC", "00:00-24:00").last_change(opened) is None
    assert clock_of("UTC", "09:00-10:00").last_change(BEGIN_MS) is None
    once = clock_of("UTC", exceptions=[{"date": "2026-06-01", "hours": ["09:00-10:00"]}])
    assert once.last_change(at("2026-06-01T09:30+00:00")) == at("2026-06-01T09:00+00:00")


def test_what_is_due_at_the_end_of_the_opening_is_due_then() -> None:
    """Not at the next morning, which would be the same count and a night later."""
    clock = clock_of("UTC", "09:00-10:00")
    opens = at("2026-06-01T09:00+00:00")

    assert clock.due(opens, HOUR_MS) == opens + HOUR_MS
    assert clock.due(opens, HOUR_MS + 1) == opens + DAY_MS + 1
    assert clock.due(opens - HOUR_MS, 0) == opens - HOUR_MS


def test_months_are_seamless() -> None:
    """A stretch over the end of a month and a year is one."""
    clock = clock_of("UTC", "00:00-06:00", "18:00-24:00")
    opens = at("2026-12-31T18:00+00:00")

    assert clock.next_closing(opens) == opens + 12 * HOUR_MS
    assert clock.business_ms_between(opens, opens + 12 * HOUR_MS) == 12 * HOUR_MS
    assert clock.due(opens, 13 * HOUR_MS) == opens + 25 * HOUR_MS


def test_what_never_closes_has_no_closing() -> None:
    """None says: not within the horizon."""
    clock = clock_of("Europe/Berlin", "00:00-24:00")
    now = at("2026-06-01T12:00+02:00")

    assert clock.next_closing(now) is None
    assert clock.due(now, 1_000 * DAY_MS) == now + 1_000 * DAY_MS


def test_what_never_opens_has_no_opening() -> None:
    """The door refuses such a calendar; the clock says None and counts nothing."""
    clock = clock_of("UTC")
    now = at("2026-06-01T12:00+00:00")

    assert clock.next_opening(now) is None
    assert clock.next_closing(now) == now
    assert clock.due(now, 1) is None
    assert clock.business_ms_between(now, now + 1_000 * DAY_MS) == 0


def test_the_horizon_is_the_same_on_every_day_of_a_month() -> None:
    """An opening counts when it is less than the horizon away, not when its month is."""
    clock = clock_of("UTC", exceptions=[{"date": "2030-06-10", "hours": ["09:00-10:00"]}])
    opens = at("2030-06-10T09:00+00:00")

    assert clock.next_opening(opens - HORIZON_MS) is None
    assert clock.next_opening(opens - HORIZON_MS + 1) == opens


def test_a_closing_beyond_the_horizon_is_none() -> None:
    """As with an opening: to the millisecond."""
    clock = clock_of("UTC", "00:00-24:00", exceptions=[{"date": "2030-06-10"}])
    closes = at("2030-06-10T00:00+00:00")

    assert clock.next_closing(closes - HORIZON_MS) is None
    assert clock.next_closing(closes - HORIZON_MS + 1) == closes


def test_nothing_passes_backwards() -> None:
    """An end before its begin is no time."""
    clock = clock_of("UTC", "00:00-24:00")

    assert clock.business_ms_between(2_000, 1_000) == 0
    with pytest.raises(ValueError, match="negative"):
        clock.due(1_000, -1)


@pytest.mark.parametrize("moment", [BEGIN_MS - 1, END_MS])
def test_instants_outside_the_years_are_refused(moment: int) -> None:
    """1970 to 2100, the whole of both."""
    clock = clock_of("UTC", "00:00-24:00")

    with pytest.raises(ValueError, match="outside"):
        clock.is_open(moment)
    assert clock.is_open(BEGIN_MS)
    assert clock.is_open(END_MS - 1)


def test_due_beyond_the_years_is_none() -> None:
    """The clock ends with 2100."""
    clock = clock_of("UTC", "00:00-24:00")

    assert clock.due(END_MS - 1_000, 1_000) == END_MS
    assert clock.due(END_MS - 1_000, 1_001) is None


def test_forgotten_months_change_no_answer_and_few_are_kept() -> None:
    """Memory has a bound, and what is compiled again is the same."""
    months = [at(f"{year}-06-01T12:00+00:00") for year in range(1980, 2080)]
    clock = clock_of("Europe/Berlin", "09:00-17:00", holidays=[{"country": "DE"}])
    before = [clock.due(month, 100 * HOUR_MS) for month in months]

    again = [clock.due(month, 100 * HOUR_MS) for month in reversed(months)]

    assert again == before[::-1]
    assert len(clock._windows) == WINDOWS_KEPT_MAX


@pytest.mark.parametrize("copy", [deepcopy, lambda clock: pickle.loads(pickle.dumps(clock))])  # noqa: S301
def test_copies_answer_the_same(copy: object) -> None:
    """An engine's state is copied for a dry run; a clock may hang on it."""
    clock = clock_of("Europe/Berlin", "09:00-17:00")
    now = at("2026-06-01T20:00+02:00")

    copied = copy(clock)  # type: ignore[operator]

    assert copied is not clock
    assert copied.next_opening(now) == clock.next_opening(now) == now + 13 * HOUR_MS


def test_zone_that_the_pinned_data_lost_is_a_case_for_a_human() -> None:
    """No decision is made by a calendar that can't be read."""
    with pytest.raises(UnprocessableError, match="Europe/Atlantis"):
        compile_calendar(calendar_of("Europe/Atlantis", "09:00-17:00"))


def test_an_opening_a_year_away_costs_a_bisection_once_it_was_asked() -> None:
    """No month is compiled twice by asking again."""
    clock = clock_of("UTC", exceptions=[{"every_year": "06-10", "hours": ["09:00-10:00"]}])
    now = at("2030-06-10T10:00+00:00")
    assert clock.next_opening(now) == at("2031-06-10T09:00+00:00")
    windows = dict(clock._windows)

    clock.next_opening(now)

    assert clock._windows == windows
