"""Public holidays by country and part, for as far as they are known."""

from datetime import date

import pytest

from libs.common.calendars.holiday_dates import holidays_in, subdivisions_by_country
from libs.common.errors import UnprocessableError


def test_a_parts_holidays_are_its_own_and_those_of_its_country() -> None:
    """Epiphany in Bavaria, not in all of Germany."""
    epiphany, christmas = date(2026, 1, 6), date(2026, 12, 25)

    assert epiphany in holidays_in("DE", "BY", 2026)
    assert epiphany not in holidays_in("DE", None, 2026)
    assert christmas in holidays_in("DE", None, 2026)


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "ru_RU.UTF-8", "C"])
@pytest.mark.parametrize(
    ("country", "day", "name"),
    [("DE", date(2026, 4, 3), "Good Friday"), ("GB", date(2026, 12, 25), "Christmas Day")],
)
def test_names_do_not_follow_the_machines_language(
    monkeypatch: pytest.MonkeyPatch, language: str, country: str, day: date, name: str
) -> None:
    """Two replicas with other settings tell the same."""
    holidays_in.cache_clear()
    monkeypatch.setenv("LANGUAGE", language)

    assert holidays_in(country, None, 2026)[day] == name


def test_only_the_year_that_was_asked_is_told() -> None:
    """A year's dates do not depend on which years were asked before."""
    assert {day.year for day in holidays_in("US", None, 2027)} == {2027}


def test_years_that_are_not_known_whole_have_what_is_known() -> None:
    """India's moving holidays are proclaimed; its Republic Day is known for 2090 as well."""
    assert date(2090, 1, 26) in holidays_in("IN", None, 2090)


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("DE", "ZZ")])
def test_unknown_places_are_a_case_for_a_human(country: str, subdivision: str | None) -> None:
    """Nobody is silently given a year without holidays."""
    with pytest.raises(UnprocessableError, match=f"{country}.*not in the pinned"):
        holidays_in(country, subdivision, 2026)


def test_countries_have_two_letters_and_their_parts() -> None:
    """As documents name them."""
    countries = subdivisions_by_country()

    assert {len(country) for country in countries} == {2}
    assert "BY" in countries["DE"]
    assert countries["VA"] == ()
