"""Random calendars on stretches of time, each with its minutes counted, for the clock's properties.

Half of all hours lie where clocks change, and exceptions lie near the stretch, so that they matter.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from libs.common.calendars import BusinessClock, compile_calendar
from libs.common.calendars.zones import zone_names, zone_of
from libs.common.contracts.configuration import WEEKDAYS, Calendar
from tests.unit.libs.common.calendars.slow_count import SlowCount, changes_of, keeps_whole_minutes

MINUTE_MS = 60_000
DAY_MINUTES = 1_440
EPOCH = date(1970, 1, 1)
LAST_DAY = (date(2100, 12, 27) - EPOCH).days
PLACES = ({"country": "DE", "subdivision": "BY"}, {"country": "US"}, {"country": "MA"})


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
    time = st.integers(0, 240) | st.integers(0, DAY_MINUTES)
    cuts = sorted(draw(st.sets(time, max_size=6)))
    times = [f"{cut // 60:02}:{cut % 60:02}" for cut in cuts]
    return [f"{begin}-{end}" for begin, end in zip(times[::2], times[1::2], strict=False)]


@st.composite
def calendars(draw: st.DrawFn, zone: str, near: date) -> Calendar:
    """A calendar whose exceptions lie around a date: of one day, of several, of every year."""
    days = [near + timedelta(days=offset) for offset in range(-1, 3)]
    dated = draw(st.sets(st.sampled_from(days), max_size=2))
    yearly = draw(st.sets(st.sampled_from(days), max_size=1))
    exceptions = [{"date": day.isoformat(), "hours": draw(hours())} for day in sorted(dated)]
    if len(exceptions) == 1 and draw(st.booleans()):
        until = min(dated) + timedelta(days=draw(st.integers(1, 3)))
        exceptions[0]["until"] = until.isoformat()
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
def cases_on(draw: st.DrawFn, zone: str, day: int, *, days: int = 2) -> Case:
    """A stretch of so many days in this zone, most of it behind the begin of that UTC day."""
    calendar = draw(calendars(zone, EPOCH + timedelta(days=day)))
    begin, minutes = day * DAY_MINUTES - draw(st.integers(0, DAY_MINUTES)), days * DAY_MINUTES
    count = SlowCount(calendar, zone_of(zone), begin, minutes)
    instants = st.integers(begin * MINUTE_MS, (begin + minutes) * MINUTE_MS - 1)
    early, late = sorted((draw(instants), draw(instants)))
    clock = compile_calendar(calendar)
    return Case(calendar=calendar, clock=clock, count=count, early_ms=early, late_ms=late)


@st.composite
def cases(draw: st.DrawFn, *, days: int = 2) -> Case:
    """Any zone in any year, at a change of its clock where the year has one."""
    zone = draw(st.sampled_from(sorted(zone_names())))
    year = draw(st.integers(1970, 2100))
    changes = changes_of(zone_of(zone), year)
    any_day = (date(year, 1, 1) - EPOCH).days
    day = draw(st.sampled_from(changes)) if changes else any_day + draw(st.integers(3, 360))
    day = min(max(day, 3), LAST_DAY - days)
    assume(keeps_whole_minutes(zone_of(zone), day))
    return draw(cases_on(zone, day, days=days))
