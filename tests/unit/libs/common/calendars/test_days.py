"""The next days as people read them."""

from libs.common.calendars.days import DAYS_SHOWN_MAX, days_as_bars, days_as_text, days_from
from tests.unit.libs.common.calendars.build import at, clock_of

WEEK = {day: ["09:00-12:30", "13:30-18:00"] for day in ("monday", "tuesday", "wednesday")}


def lines(zone: str, moment: str, days: int) -> list[str]:
    """The days of a calendar that is open from nine to five, without its title."""
    return list(days_as_text(clock_of(zone, "09:00-17:00"), at(moment), days=days)[1:])


def test_fourteen_days_say_hours_holidays_and_exceptions() -> None:
    """Each in a line, with the reason why it is not like its weekday."""
    clock = clock_of(
        "Europe/Berlin",
        name="Accounts",
        opening=WEEK,
        holidays=[{"country": "DE"}],
        exceptions=[
            {"date": "2026-12-23", "hours": ["09:00-12:00"], "note": "Christmas party"},
            {"every_year": "12-31", "hours": ["10:00-11:00"]},
        ],
    )

    text = days_as_text(clock, at("2026-12-20T23:30+00:00"))

    assert text == (
        "Accounts (Europe/Berlin), the next 14 days",
        "Mon 2026-12-21  09:00-12:30, 13:30-18:00",
        "Tue 2026-12-22  09:00-12:30, 13:30-18:00",
        "Wed 2026-12-23  09:00-12:00  (Christmas party)",
        "Thu 2026-12-24  closed",
        "Fri 2026-12-25  closed  (Christmas Day)",
        "Sat 2026-12-26  closed  (Second Day of Christmas)",
        "Sun 2026-12-27  closed",
        "Mon 2026-12-28  09:00-12:30, 13:30-18:00",
        "Tue 2026-12-29  09:00-12:30, 13:30-18:00",
        "Wed 2026-12-30  09:00-12:30, 13:30-18:00",
        "Thu 2026-12-31  10:00-11:00",
        "Fri 2027-01-01  closed  (New Year's Day)",
        "Sat 2027-01-02  closed",
        "Sun 2027-01-03  closed",
    )


def test_bars_show_the_day_hour_by_hour() -> None:
    """Whole, the first half, the second, less than that, or not at all, below the day's hours."""
    clock = clock_of("Europe/Berlin", "00:00-01:00", "09:00-12:30", "13:30-18:00", "20:15-20:45")
    hours = "00:00-01:00, 09:00-12:30, 13:30-18:00, 20:15-20:45"

    assert days_as_bars(clock, at("2026-12-24T12:00+01:00"), days=1) == (
        "office (Europe/Berlin), the next 1 days",
        "                0     6     12    18",
        f"Thu 2026-12-24  █········███▌▐████··▒···  {hours}",
    )
    closed = clock_of("UTC", "09:00-10:00", exceptions=[{"date": "2026-12-24"}])
    [*_, line] = days_as_bars(closed, at("2026-12-24T12:00+00:00"), days=1)
    assert line == f"Thu 2026-12-24  {'·' * 24}  closed"


def test_a_change_of_the_clock_is_told_with_its_time() -> None:
    """By the clock before the change."""
    assert lines("Europe/Berlin", "2026-03-28T12:00+01:00", 3) == [
        "Sat 2026-03-28  09:00-17:00",
        "Sun 2026-03-29  09:00-17:00  [clock: +01:00 to +02:00 at 02:00]",
        "Mon 2026-03-30  09:00-17:00",
    ]
    assert lines("Australia/Lord_Howe", "2026-04-05T12:00+10:30", 1) == [
        "Sun 2026-04-05  09:00-17:00  [clock: +11:00 to +10:30 at 02:00]"
    ]


def test_a_change_at_midnight_belongs_to_the_day_that_it_begins_or_repeats() -> None:
    """Sao Paulo: no midnight in spring, 23:00 twice in autumn."""
    assert lines("America/Sao_Paulo", "2018-11-03T12:00-03:00", 2) == [
        "Sat 2018-11-03  09:00-17:00",
        "Sun 2018-11-04  09:00-17:00  [clock: -03:00 to -02:00 at 00:00]",
    ]
    assert lines("America/Sao_Paulo", "2018-02-17T12:00-02:00", 2) == [
        "Sat 2018-02-17  09:00-17:00  [clock: -02:00 to -03:00 at 24:00]",
        "Sun 2018-02-18  09:00-17:00",
    ]


def test_a_skipped_day_is_told() -> None:
    """Apia went from Thursday to Saturday."""
    assert lines("Pacific/Apia", "2011-12-29T12:00-10:00", 3) == [
        "Thu 2011-12-29  09:00-17:00",
        "Fri 2011-12-30  skipped by this zone",
        "Sat 2011-12-31  09:00-17:00  [clock: -10:00 to +14:00 at 00:00]",
    ]


def test_days_have_a_limit() -> None:
    """A reader who asks for ten thousand gets a year."""
    days = days_from(clock_of("UTC", "09:00-17:00"), at("2026-06-01T00:00+00:00"), days=10_000)

    assert len(days) == DAYS_SHOWN_MAX
