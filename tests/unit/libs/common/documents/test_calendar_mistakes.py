"""Calendars that can't be meant are refused at the door, by line and field."""

import pytest

from libs.common.documents.calendar_mistakes import DESK_HOLIDAY_PLACES_MAX
from libs.common.documents.problems import Problem
from tests.unit.libs.common.documents.broken_desks import MARK, mistakes_of

GOOD = """\
calendars:
  - calendar_id: office
    zone: Europe/Berlin
    opening:
      monday: ["09:00-12:30", "13:30-18:00"]
      friday: ["00:00-06:00", "06:00-24:00"]
    holidays: [{country: DE, subdivision: BY}, {country: AT}]
    exceptions:
      - {date: 2026-12-24, hours: ["09:00-12:00"], note: Christmas Eve}
      - {date: 2026-12-27, until: 2026-12-31}
      - {every_year: 12-31}
  - calendar_id: shop
    zone: America/New_York
    opening: {saturday: ["10:00-16:00"]}
queues:
  - {queue_id: support, calendar: office}
agent_groups:
  - {agent_group_id: front, shift: office, shift_end: {nothing_new_before_end_s: 600}}
agents:
  - {agent_id: anna, shift: shop}
default: {queue: support}
"""
TWIN = '{calendar_id: office, zone: UTC, opening: {monday: ["09:00-10:00"]}}'
# what is replaced, by what, the field that is named, and a part of what is said
MISTAKES = [
    ("zone: Europe/Berlin", "zone: Europe/Atlantis", "calendars.0.zone", "IANA"),
    ("zone: Europe/Berlin", "zone: berlin city", "calendars.0.zone", "pattern"),
    ("{country: AT}", "{country: XX}", "calendars.0.holidays.1.country", "exceptions"),
    ("{country: AT}", "{country: Austria}", "calendars.0.holidays.1.country", "pattern"),
    ("BY}", "ZZ}", "calendars.0.holidays.0.subdivision", "known: BB, BE, BW, BY"),
    (
        "{country: AT}",
        "{country: VA, subdivision: X}",
        "calendars.0.holidays.1.subdivision",
        "none",
    ),
    ("AT}", "DE, subdivision: BY}", "calendars.0.holidays.1", "named twice"),
    ("13:30-18", "12:00-18", "calendars.0.opening.monday.1", "overlaps 09:00-12:30"),
    ("09:00-12:30", "13:00-14:00", "calendars.0.opening.monday.1", "overlaps 13:00-14:00"),
    ("13:30-18", "13:30-13", "calendars.0.opening.monday.1", "hours over midnight are two"),
    ("13:30-18:00", "13:30-13:30", "calendars.0.opening.monday.1", "must end after it begins"),
    ("13:30-18:00", "13:30-24:30", "calendars.0.opening.monday.1", "pattern"),
    ("monday: ", "moonday: ", "calendars.0.opening.moonday", "monday"),
    (
        '["09:00-12:00"]',
        '["09:00-12:00", "11:59-13:00"]',
        "calendars.0.exceptions.0.hours.1",
        "overlaps",
    ),
    ("date: 2026-12-24", "date: 2026-12-32", "calendars.0.exceptions.0.date", "pattern"),
    ("date: 2026-12-24", "date: 2026-02-29", "calendars.0.exceptions.0.date", "no such day"),
    ("date: 2026-12-24", "date: 2101-12-24", "calendars.0.exceptions.0.date", "pattern"),
    ("date: 2026-12-27", "date: 2026-12-24", "calendars.0.exceptions.1.date", "the same day"),
    ("until: 2026-12-31", "until: 2026-12-26", "calendars.0.exceptions.1.until", "not after"),
    ("until: 2026-12-31", "until: 2027-12-28", "calendars.0.exceptions.1.until", "at most 366"),
    ("every_year: 12-31", "every_year: 02-30", "calendars.0.exceptions.2.every_year", "no such"),
    ("every_year: 12-31", "note: when", "calendars.0.exceptions.2", "one of"),
    (
        "every_year: 12-31",
        "every_year: 12-31, until: 2026-12-31",
        "calendars.0.exceptions.2.until",
        "date",
    ),
    (
        "- {every_year: 12-31}",
        "- {every_year: 12-31}\n§      - {every_year: 12-31}",
        "calendars.0.exceptions.3.every_year",
        "the same day",
    ),
    (
        "  - calendar_id: shop",
        f"  - {TWIN}\n  - calendar_id: shop",
        "calendars.1.calendar_id",
        "named twice",
    ),
    ("calendar: office", "calendar: shoe", "queues.0.calendar", "not configured: shoe"),
    ("shift: office", "shift: shoe", "agent_groups.0.shift", "not configured: shoe"),
    ("shift: shop", "shift: shoe", "agents.0.shift", "not configured: shoe"),
    (
        "_before_end_s: 600",
        "_before_end_s: 28801",
        "agent_groups.0.shift_end.nothing_new_before_end_s",
        "28800",
    ),
]


def told(old: str, new: str) -> tuple[tuple[Problem, ...], int]:
    """What is told of the desk with one change, and the line of the change."""
    assert old in GOOD
    text = GOOD.replace(old, new if MARK in new else MARK + new, 1)
    marked = text[: text.index(MARK)].count("\n") + 1
    return mistakes_of(text.replace(MARK, "")), marked


def with_shop(opening: str, exceptions: str = "[]") -> str:
    """The desk with other hours of the shop, told to be closed or open in few words."""
    hours = f"opening: {opening}\n    exceptions: {exceptions}"
    return GOOD.replace('opening: {saturday: ["10:00-16:00"]}', hours)


def test_good_calendars_are_taken() -> None:
    """What the cases break is nothing but good before; intervals may touch."""
    assert mistakes_of(GOOD) == ()


@pytest.mark.parametrize(("old", "new", "field", "said"), MISTAKES)
def test_a_mistake_is_named_by_line_and_field(old: str, new: str, field: str, said: str) -> None:
    """The author learns what to do, and where."""
    problems, marked = told(old, new)

    assert [(one.line, one.field) for one in problems] == [(marked, field)]
    assert said in problems[0].problem


@pytest.mark.parametrize(
    ("opening", "exceptions", "closed_from"),
    [
        ("{}", "[]", "2026-01-01"),
        ("{}", '[{date: 2026-06-10, hours: ["09:00-10:00"]}]', "2026-06-11"),
        ("{}", '[{every_year: 02-29, hours: ["09:00-10:00"]}]', "2026-01-01"),
        (
            '{sunday: ["10:00-16:00"]}',
            "[{date: 2030-01-01, until: 2030-12-31}, {date: 2031-01-01, until: 2031-01-31}]",
            "2029-12-31",
        ),
    ],
    ids=["no hours", "one day only", "leap days only", "closed for thirteen months"],
)
def test_a_calendar_without_an_opening_in_366_days_is_refused(
    opening: str, exceptions: str, closed_from: str
) -> None:
    """R25, with the day from which it was judged."""
    problems = mistakes_of(with_shop(opening, exceptions))

    assert [(one.line, one.field) for one in problems] == [(12, "calendars.1")]
    assert f"366 days from {closed_from}" in problems[0].problem


@pytest.mark.parametrize(
    ("opening", "exceptions"),
    [
        ("{}", '[{every_year: 12-24, hours: ["09:00-10:00"]}]'),
        ('{sunday: ["10:00-16:00"]}', "[{date: 2030-01-01, until: 2030-12-24}]"),
        ('{sunday: ["02:10-02:40"]}', "[]"),
    ],
    ids=["once a year", "closed for a year", "in the gap"],
)
def test_a_calendar_that_opens_seldom_is_taken(opening: str, exceptions: str) -> None:
    """A year is not too long."""
    assert mistakes_of(with_shop(opening, exceptions)) == ()


def test_holidays_count_in_looking_for_an_opening() -> None:
    """In one year only two days are left to open, and in Germany both are holidays."""
    closed = (
        "[{date: 2030-01-01, until: 2030-12-24}, {date: 2030-12-27, until: 2031-01-31}]\n"
        "    holidays: [{country: XX}]"
    )
    text = with_shop('{wednesday: ["10:00-16:00"], thursday: ["10:00-16:00"]}', closed)

    in_japan = mistakes_of(text.replace("country: XX", "country: JP"))
    in_germany = mistakes_of(text.replace("country: XX", "country: DE"))

    assert in_japan == ()
    assert [one.field for one in in_germany] == ["calendars.1"]


def test_a_desk_has_not_all_the_worlds_holidays() -> None:
    """Each place costs the door a moment, so their number has a limit."""
    places = ", ".join(f"{{country: DE, subdivision: P{number}}}" for number in range(8))
    calendar = "  - {{calendar_id: c{}, zone: UTC, holidays: [{}]}}\n"
    count = DESK_HOLIDAY_PLACES_MAX // 8 + 1
    calendars = "".join(
        calendar.format(number, places.replace("P", f"P{number}")) for number in range(count)
    )

    problems = mistakes_of(GOOD.replace("calendars:\n", f"calendars:\n{calendars}"))

    assert problems[-1].field == f"calendars.{count - 1}.holidays"
    assert f"more than {DESK_HOLIDAY_PLACES_MAX}" in problems[-1].problem
