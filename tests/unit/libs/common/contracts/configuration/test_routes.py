"""Rules: conditions as data, and where they lead."""

import pytest
from pydantic import ValidationError

from libs.common.contracts.configuration import WEEKDAYS, Conditions, Hours, Route


def test_hours_that_say_nothing_are_always() -> None:
    """Every day, from midnight to midnight, in UTC."""
    hours = Hours()

    assert (hours.days, hours.begin, hours.end) == (WEEKDAYS, "00:00", "24:00")
    assert WEEKDAYS[0] == "monday"
    assert len(WEEKDAYS) == 7


@pytest.mark.parametrize(("begin", "end"), [("09:00", "09:00"), ("22:00", "06:00")])
def test_hours_begin_before_they_end(begin: str, end: str) -> None:
    """Hours over midnight are two; the message says so."""
    with pytest.raises(ValidationError, match="name two for hours over midnight"):
        Hours(begin=begin, end=end)


@pytest.mark.parametrize(
    "said",
    [{"begin": "9:00"}, {"end": "24:01"}, {"end": "23:60"}, {"days": []}, {"days": ["mon"]}],
)
def test_a_time_of_day_is_two_digits_each_and_a_day_has_its_full_name(
    said: dict[str, object],
) -> None:
    """Anything else is a mistake in that field."""
    with pytest.raises(ValidationError, match=next(iter(said))):
        Hours.model_validate(said)


def test_a_route_that_says_only_its_queue_is_of_the_middle_class_without_a_head_start() -> None:
    """R4."""
    route = Route(queue="general")

    assert (route.strict_class, route.credit_s, route.requires, route.prefers) == (5, 0, {}, {})


@pytest.mark.parametrize("said", [{"strict_class": 10}, {"credit_s": 86_401}])
def test_every_number_of_a_route_is_bounded(said: dict[str, int]) -> None:
    """The class is one of ten."""
    with pytest.raises(ValidationError, match=next(iter(said))):
        Route.model_validate({"queue": "general", **said})


def test_conditions_that_name_nothing_hold_always() -> None:
    """Each is empty."""
    assert not any(getattr(Conditions(), name) for name in Conditions.model_fields)
