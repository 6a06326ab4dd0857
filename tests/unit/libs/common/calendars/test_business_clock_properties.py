"""The business clock agrees with counting minutes, over random calendars, zones and years."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from libs.common.calendars import BusinessClock, compile_calendar
from libs.common.calendars.zones import zone_names, zone_of
from libs.common.contracts.configuration import WEEKDAYS, Calendar
from tests.unit.libs.common.calendars.slow_count import SlowCount, changes_of, keeps_whole_minutes

MINUTE_MS = 60_000
PLACES = ({"country": "DE", "subdivision": "BY"}, {"country": "US"}, {"country": "MA"})
# A case is slow to count: one that fails is shown as it was found, not made smaller for minutes.
few = settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.filter_too_much],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A clock, the minutes that are open by counting, and two instants among them."""

    calendar: Calendar
    clock: BusinessClock = field(repr=False)
    count: SlowCount = field(repr=False)
    early_ms: int
    late_ms: int


@st.composite
def hours(draw: st.DrawFn) -> list[str]:
    """Up to three intervals that do not overlap; half of all times lie where clocks change."""
    time = st.integers(0, 240) | st.integers(0, 1_440)
    cuts = sorted(draw(st.sets(time, max_size=6)))
    times = [f"{cut // 60:02}:{cut % 60:02}" for cut in cuts]
    return [f"{begin}-{end}" for begin, end in zip(times[::2], times[1::2], strict=False)]


@st.composite
def calendars(draw: st.DrawFn, zone: str, near: date) -> Calendar:
    """A calendar whose exceptions lie around a date, so that they matter."""
    days = [near + timedelta(days=offset) for offset in range(-1, 3)]
    dated = draw(st.sets(st.sampled_from(days), max_size=2))
    yearly = draw(st.sets(st.sampled_from(days), max_size=1))
    exceptions = [{"date": day.isoformat(), "hours": draw(hours())} for day in sorted(dated)]
    exceptions += [{"every_year": f"{day:%m-%d}", "hours": draw(hours())} for day in yearly]
    return Calendar.model_validate(
        {
            "calendar_id": "any",
            "zone": zone,
            "opening": {day: draw(hours()) for day in draw(st.sets(st.sampled_from(WEEKDAYS)))},
            "holidays": draw(st.lists(st.sampled_from(PLACES), max_size=1)),
            "exceptions": exceptions,
        }
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Two days, most of them around a change of the zone's clock."""
    zone = draw(st.sampled_from(sorted(zone_names())))
    year = draw(st.integers(1970, 2100))
    changes = changes_of(zone_of(zone), year)
    any_day = date(year, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
    day = draw(st.sampled_from(changes)) if changes else any_day + draw(st.integers(3, 360))
    day = min(max(day, 3), date(2100, 12, 27).toordinal() - date(1970, 1, 1).toordinal())
    assume(keeps_whole_minutes(zone_of(zone), day))
    calendar = draw(calendars(zone, date(1970, 1, 1) + timedelta(days=day)))
    begin, minutes = day * 1_440 - draw(st.integers(0, 1_440)), 2 * 1_440
    count = SlowCount(calendar, zone_of(zone), begin, minutes)
    instants = st.integers(begin * MINUTE_MS, (begin + minutes) * MINUTE_MS - 1)
    early, late = sorted((draw(instants), draw(instants)))
    clock = compile_calendar(calendar)
    return Case(calendar=calendar, clock=clock, count=count, early_ms=early, late_ms=late)


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
