"""The business clock agrees with counting minutes, over random calendars, zones and years."""

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from libs.common.calendars.zones import zone_of
from tests.unit.libs.common.calendars.cases import (
    EPOCH,
    MINUTE_MS,
    Case,
    cases,
    cases_on,
)
from tests.unit.libs.common.calendars.slow_count import SlowCount, changes_of

# A case is slow to count: one that fails is shown as it was found, not made smaller for minutes.
few = settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.filter_too_much],
)
fewer = settings(few, max_examples=3)
# Days on which a zone did what others never do, by the UTC day within which it did.
ODD_DAYS = {
    "half an hour of summer time begins": ("Australia/Lord_Howe", date(2026, 10, 3)),
    "half an hour of summer time ends": ("Australia/Lord_Howe", date(2026, 4, 4)),
    "a whole hour of it, on another offset": ("Australia/Lord_Howe", date(1981, 10, 24)),
    "summer time of two hours": ("Antarctica/Troll", date(2026, 3, 29)),
    "two hours, in summer, of a town that had one": ("America/St_Johns", date(1988, 4, 3)),
    "a minute past midnight": ("America/St_Johns", date(2006, 10, 29)),
    "winter time that is the exception": ("Europe/Dublin", date(2026, 10, 25)),
    "the whole of a day skipped": ("Pacific/Apia", date(2011, 12, 30)),
    "the same, elsewhere": ("Pacific/Kwajalein", date(1993, 8, 21)),
    "a quarter of an hour for ever": ("Asia/Kathmandu", date(1985, 12, 31)),
    "three quarters of an hour, and summer time": ("Pacific/Chatham", date(2026, 9, 26)),
    "half an hour back": ("Asia/Pyongyang", date(2015, 8, 14)),
    "and forward again": ("Asia/Pyongyang", date(2018, 5, 4)),
    "half an hour, in the small hours": ("America/Caracas", date(2007, 12, 9)),
    "no midnight": ("America/Santiago", date(2026, 9, 6)),
    "midnight twice": ("America/Havana", date(2020, 11, 1)),
    "back for Ramadan": ("Africa/Casablanca", date(2026, 2, 15)),
    "summer time stopped for Ramadan": ("Africa/Cairo", date(2010, 8, 10)),
    "another zone and summer time on one day": ("America/Nuuk", date(2023, 3, 26)),
}


def open_ms(count: SlowCount, begin_ms: int, end_ms: int) -> int:
    """What is open between two instants, minute after minute, the outer ones in part."""
    minutes = range(begin_ms // MINUTE_MS, end_ms // MINUTE_MS + 1)
    return sum(
        min((minute + 1) * MINUTE_MS, end_ms) - max(minute * MINUTE_MS, begin_ms)
        for minute in minutes
        if minute in count.open
    )


@given(cases())
@few
def test_it_is_open_in_the_minutes_that_are_counted(case: Case) -> None:
    """Every minute of two days, on both edges of daylight saving and off them."""
    minutes = range(case.count.begin, case.count.end)

    found = {minute for minute in minutes if case.clock.is_open(minute * MINUTE_MS)}

    assert found == case.count.open.intersection(minutes)


@given(cases())
@few
def test_business_time_is_the_count(case: Case) -> None:
    """Between any two instants, down to the millisecond."""
    counted = open_ms(case.count, case.early_ms, case.late_ms)

    assert case.clock.business_ms_between(case.early_ms, case.late_ms) == counted


@given(cases())
@few
def test_due_is_the_first_instant_by_which_the_time_has_passed(case: Case) -> None:
    """Not a millisecond sooner, not one later."""
    duration = open_ms(case.count, case.early_ms, case.late_ms)

    due = case.clock.due(case.early_ms, duration)

    assert due is not None
    assert case.early_ms <= due <= case.late_ms
    assert open_ms(case.count, case.early_ms, due) == duration
    if duration:
        assert open_ms(case.count, case.early_ms, due - 1) == duration - 1


@given(cases())
@few
def test_the_next_edges_are_the_first_minutes_that_differ(case: Case) -> None:
    """Opening and closing are found where counting meets them, or beyond what was counted."""
    begin, end = case.early_ms // MINUTE_MS, case.count.end
    is_open = [minute in case.count.open for minute in range(begin, end)]

    for wanted, edge in (
        (True, case.clock.next_opening(case.early_ms)),
        (False, case.clock.next_closing(case.early_ms)),
    ):
        if wanted in is_open:
            first = (begin + is_open.index(wanted)) * MINUTE_MS
            assert edge == max(case.early_ms, first)
        else:
            assert edge is None or edge >= end * MINUTE_MS


@given(cases())
@few
def test_the_last_change_is_the_first_minute_of_what_is(case: Case) -> None:
    """Since when it has been as it is is found where counting back meets it, or before that."""
    at = case.late_ms // MINUTE_MS
    before = range(case.count.begin, at)
    is_open = at in case.count.open

    since = case.clock.last_change(case.late_ms)

    changed = [minute for minute in before if (minute in case.count.open) != is_open]
    if changed:
        assert since == (changed[-1] + 1) * MINUTE_MS
    else:
        assert since is None or since <= case.count.begin * MINUTE_MS


@given(cases(days=45))
@settings(few, max_examples=6)
def test_over_months_it_is_the_count_too(case: Case) -> None:
    """What is due weeks later, with the months between as sums."""
    counted = open_ms(case.count, case.early_ms, case.late_ms)

    assert case.clock.business_ms_between(case.early_ms, case.late_ms) == counted
    due = case.clock.due(case.early_ms, counted)
    assert due is not None
    assert open_ms(case.count, case.early_ms, due) == counted
    assert not counted or open_ms(case.count, case.early_ms, due - 1) == counted - 1


@pytest.mark.parametrize("name", ODD_DAYS)
def test_on_odd_days_it_is_the_count(name: str) -> None:
    """Each zone that does what no other does, whatever is drawn elsewhere."""
    zone, day = ODD_DAYS[name]

    @given(cases_on(zone, (day - EPOCH).days))
    @fewer
    def agrees(case: Case) -> None:
        minutes = range(case.count.begin, case.count.end)
        found = {minute for minute in minutes if case.clock.is_open(minute * MINUTE_MS)}
        assert found == case.count.open.intersection(minutes)
        counted = open_ms(case.count, case.early_ms, case.late_ms)
        assert case.clock.business_ms_between(case.early_ms, case.late_ms) == counted

    agrees()


@pytest.mark.parametrize("name", ODD_DAYS)
def test_odd_days_are_odd(name: str) -> None:
    """The zone's clock really jumps within that UTC day."""
    zone, day = ODD_DAYS[name]

    assert (day - EPOCH).days in changes_of(zone_of(zone), day.year)
