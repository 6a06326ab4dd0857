"""What decides the hours of a date, and in which order."""

from datetime import date

from libs.common.calendars.day_plans import DayPlan, DayPlans, minutes_of
from libs.common.contracts.configuration import Calendar

PLANS = DayPlans(
    Calendar.model_validate(
        {
            "calendar_id": "office",
            "zone": "Europe/Berlin",
            "opening": {"thursday": ["13:30-18:00", "09:00-12:30"]},
            "holidays": [{"country": "DE"}, {"country": "AT"}],
            "exceptions": [
                {"every_year": "12-31", "hours": ["09:00-10:00"], "note": "New Year's Eve"},
                {"date": "2026-12-31", "note": "stocktaking"},
                {"date": "2026-07-01", "until": "2026-07-03", "note": "moving"},
                {"date": "2026-05-14", "hours": ["10:00-11:00"]},
            ],
        }
    )
)


def test_weekdays_have_their_hours_in_order() -> None:
    """As they are written, sorted; a weekday that is left out is closed."""
    assert PLANS.on(date(2026, 12, 3)) == DayPlan(intervals=((540, 750), (810, 1_080)))
    assert PLANS.on(date(2026, 12, 4)) == DayPlan(intervals=())


def test_holidays_are_closed_wherever_one_of_the_places_has_one() -> None:
    """8 December is one in Austria only, 3 October in Germany only."""
    assert PLANS.on(date(2026, 12, 8)).reason == "Immaculate Conception"
    assert PLANS.on(date(2026, 10, 3)).reason == "German Unity Day"


def test_exceptions_win_over_holidays() -> None:
    """Ascension Day, with hours all the same."""
    assert PLANS.on(date(2026, 5, 14)) == DayPlan(intervals=((600, 660),))


def test_exceptions_cover_their_last_day() -> None:
    """A range's end is included."""
    found = [PLANS.on(date(2026, 7, day)).reason for day in range(1, 5)]

    assert found == ["moving", "moving", "moving", ""]


def test_a_date_wins_over_the_same_day_of_every_year() -> None:
    """So that one year can differ."""
    assert PLANS.on(date(2026, 12, 31)) == DayPlan(intervals=(), reason="stocktaking")
    assert PLANS.on(date(2027, 12, 31)).intervals == ((540, 600),)


def test_the_days_end_is_minute_1440() -> None:
    """24:00 can be written."""
    assert minutes_of(["00:00-24:00"]) == ((0, 1_440),)
