"""The desk's rules: the first whose conditions all hold decides the route."""

from datetime import UTC, datetime

import pytest

from libs.common.contracts.events import MessageReceived
from services.router.core.policies import Routes
from tests.unit.services.router.core.desks import Part, a_desk_of
from tests.unit.services.router.core.world import a_message

MONDAY = datetime(2023, 11, 13, tzinfo=UTC)


def _at(day: int, hour: int, minute: int = 0) -> int:
    """Engine time in the week of that Monday (day 0)."""
    return int(MONDAY.replace(day=13 + day, hour=hour, minute=minute).timestamp() * 1000)


def _chosen(
    *conditions: Part, message: MessageReceived | None = None, now_ms: int = 0, **labels: str
) -> str:
    """Which of the rules with these conditions applies: its number, or the default."""
    rules = [
        {"rule_id": str(number), "when": when, "then": {"queue": "general"}}
        for number, when in enumerate(conditions)
    ]
    routes = Routes(a_desk_of(rules=rules))
    return routes.choose(message or a_message("zoe", **labels), now_ms=now_ms)[0]


def test_the_first_rule_that_holds_decides_whatever_its_kind() -> None:
    """In the document's order, with a topic or without."""
    anything: Part = {"channel": ["web_chat"]}
    topical: Part = {"topic": ["bill"]}

    assert _chosen(topical, anything, topic="bill") == "0"
    assert _chosen(anything, topical, topic="bill") == "0"
    assert _chosen({"topic": ["other"]}, topical, anything, topic="bill") == "1"
    assert _chosen({"topic": ["other"]}, topical, anything) == "2"


def test_without_a_rule_that_holds_the_default_route_is_taken() -> None:
    """A desk always has one; an unconfigured desk has none."""
    assert _chosen({"channel": ["voice"]}) == "default"
    with pytest.raises(LookupError, match="no routes"):
        Routes().choose(a_message("zoe"), now_ms=0)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"channel": ["voice", "web_chat"]}, True),
        ({"channel": ["voice"]}, False),
        ({"endpoint": ["site"]}, True),
        ({"endpoint": ["other"]}, False),
        ({"language": ["ru"]}, True),
        ({"language": ["en"]}, False),
        ({"topic": ["bill", "other"]}, True),
        ({"segment": ["vip"]}, True),
        ({"segment": ["free"]}, False),
        ({"labels": {"segment": ["vip"], "topic": ["bill"]}}, True),
        ({"labels": {"segment": ["vip"], "shop": ["x"]}}, False),
        ({"channel": ["web_chat"], "segment": ["free"]}, False),
    ],
)
def test_all_conditions_must_hold_each_by_one_of_its_values(condition: Part, holds: bool) -> None:  # noqa: FBT001 - a table
    """What is not named may be anything."""
    message = a_message("zoe", topic="bill", segment="vip").model_copy(update={"language": "ru"})

    assert _chosen(condition, message=message) == ("0" if holds else "default")


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("10", True),
        ("20", True),
        ("15.5", True),
        ("9.99", False),
        ("20.01", False),
        ("nan", False),
        ("many", False),
        ("", False),
        (None, False),
    ],
)
def test_an_attribute_is_a_number_within_its_bounds(value: str | None, holds: bool) -> None:  # noqa: FBT001 - a table
    """Both bounds are included; a label that is missing or no number is within none."""
    message = a_message("zoe", **({} if value is None else {"total": value}))
    bounds = {"attributes": {"total": {"minimum": 10, "maximum": 20}}}

    assert _chosen(bounds, message=message) == ("0" if holds else "default")


@pytest.mark.parametrize(
    ("bounds", "value", "holds"),
    [
        ({"minimum": 10}, "1000", True),
        ({"maximum": 10}, "-1000", True),
        ({}, "7", True),
        ({}, "inf", False),
        ({"minimum": 10}, "inf", False),
    ],
)
def test_an_open_bound_allows_every_finite_number(bounds: Part, value: str, holds: bool) -> None:  # noqa: FBT001 - a table
    """A bound left out bounds nothing."""
    expected = "0" if holds else "default"

    assert _chosen({"attributes": {"total": bounds}}, total=value) == expected


@pytest.mark.parametrize(
    ("now_ms", "holds"),
    [
        (_at(0, 8, 59), False),
        (_at(0, 9), True),
        (_at(4, 17, 59), True),
        (_at(4, 18), False),
        (_at(5, 12), False),
    ],
)
def test_hours_begin_with_their_first_minute_and_end_before_their_last(
    now_ms: int,
    holds: bool,  # noqa: FBT001 - a table
) -> None:
    """R25: half-open; on the days that are named."""
    days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    hours = {"hours": [{"days": days, "begin": "09:00", "end": "18:00"}]}

    assert _chosen(hours, now_ms=now_ms) == ("0" if holds else "default")


@pytest.mark.parametrize(("offset", "holds"), [(0, False), (120, True), (-1, False)])
def test_hours_are_local_east_of_utc(offset: int, holds: bool) -> None:  # noqa: FBT001 - a table
    """Sunday 23:30 UTC is Monday 01:30 two hours to the east."""
    night = {"days": ["monday"], "begin": "01:00", "end": "02:00", "utc_offset_minutes": offset}

    chosen = _chosen({"hours": [night]}, now_ms=_at(0, 0) - 30 * 60_000)

    assert chosen == ("0" if holds else "default")


def test_any_of_several_hours_will_do_and_a_day_ends_at_24() -> None:
    """Hours over midnight are two."""
    late: Part = {"begin": "22:00", "end": "24:00"}
    early: Part = {"begin": "00:00", "end": "06:00"}

    open_at = [_chosen({"hours": [late, early]}, now_ms=_at(2, hour)) for hour in (23, 5, 12)]

    assert open_at == ["0", "0", "default"]
