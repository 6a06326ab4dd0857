"""The business clock on days on which the clocks change, zone by zone."""

import pytest

from tests.unit.libs.common.calendars.build import HOUR_MS, at, clock_of, openings

Edge = tuple[str, list[str], str, str, list[tuple[str, str | None]], float]
# zone, hours of every day, from, to, open stretches, and how many hours they are together
EDGES: dict[str, Edge] = {
    "Berlin in spring: the hour that is missing is not counted": (
        "Europe/Berlin",
        ["01:00-04:00"],
        "2026-03-29T00:00+01:00",
        "2026-03-30T00:00+02:00",
        [("2026-03-29T01:00+01:00", "2026-03-29T04:00+02:00")],
        2.0,
    ),
    "Berlin in spring: begins within the gap, so an hour later": (
        "Europe/Berlin",
        ["02:30-05:00"],
        "2026-03-29T00:00+01:00",
        "2026-03-30T00:00+02:00",
        [("2026-03-29T03:30+02:00", "2026-03-29T05:00+02:00")],
        1.5,
    ),
    "Berlin in spring: lies within the gap, so it moves as a whole": (
        "Europe/Berlin",
        ["02:10-02:40"],
        "2026-03-29T00:00+01:00",
        "2026-03-30T00:00+02:00",
        [("2026-03-29T03:10+02:00", "2026-03-29T03:40+02:00")],
        0.5,
    ),
    "Berlin in spring: moved onto the next interval, it is one": (
        "Europe/Berlin",
        ["01:00-02:30", "03:00-04:00"],
        "2026-03-29T00:00+01:00",
        "2026-03-30T00:00+02:00",
        [("2026-03-29T01:00+01:00", "2026-03-29T04:00+02:00")],
        2.0,
    ),
    "Berlin in spring: moved into the next interval, it adds nothing": (
        "Europe/Berlin",
        ["02:10-02:20", "03:00-05:00"],
        "2026-03-29T00:00+01:00",
        "2026-03-30T00:00+02:00",
        [("2026-03-29T03:00+02:00", "2026-03-29T05:00+02:00")],
        2.0,
    ),
    "Berlin in spring: moved behind the next interval, it is the later one": (
        "Europe/Berlin",
        ["02:10-02:40", "03:00-03:05"],
        "2026-03-29T00:00+01:00",
        "2026-03-30T00:00+02:00",
        [
            ("2026-03-29T03:00+02:00", "2026-03-29T03:05+02:00"),
            ("2026-03-29T03:10+02:00", "2026-03-29T03:40+02:00"),
        ],
        35 / 60,
    ),
    "Berlin in spring: moved past its own end, nothing is left": (
        "Europe/Berlin",
        ["02:30-03:00", "12:00-13:00"],
        "2026-03-29T00:00+01:00",
        "2026-03-30T00:00+02:00",
        [("2026-03-29T12:00+02:00", "2026-03-29T13:00+02:00")],
        1.0,
    ),
    "Berlin in autumn: the hour that is repeated counts twice": (
        "Europe/Berlin",
        ["01:00-04:00"],
        "2026-10-25T00:00+02:00",
        "2026-10-26T00:00+01:00",
        [("2026-10-25T01:00+02:00", "2026-10-25T04:00+01:00")],
        4.0,
    ),
    "Berlin in autumn: begins in the repeated hour, the first time": (
        "Europe/Berlin",
        ["02:30-05:00"],
        "2026-10-25T00:00+02:00",
        "2026-10-26T00:00+01:00",
        [("2026-10-25T02:30+02:00", "2026-10-25T05:00+01:00")],
        3.5,
    ),
    "Berlin in autumn: ends in the repeated hour, the first time": (
        "Europe/Berlin",
        ["01:00-02:30"],
        "2026-10-25T00:00+02:00",
        "2026-10-26T00:00+01:00",
        [("2026-10-25T01:00+02:00", "2026-10-25T02:30+02:00")],
        1.5,
    ),
    "New York in spring": (
        "America/New_York",
        ["00:00-24:00"],
        "2026-03-08T00:00-05:00",
        "2026-03-08T23:00-04:00",
        [("2026-03-08T00:00-05:00", None)],
        22.0,
    ),
    "New York in autumn": (
        "America/New_York",
        ["01:30-09:00"],
        "2026-11-01T00:00-04:00",
        "2026-11-02T00:00-05:00",
        [("2026-11-01T01:30-04:00", "2026-11-01T09:00-05:00")],
        8.5,
    ),
    "Lord Howe changes by half an hour, in spring": (
        "Australia/Lord_Howe",
        ["02:15-05:00"],
        "2026-10-04T00:00+10:30",
        "2026-10-05T00:00+11:00",
        [("2026-10-04T02:45+11:00", "2026-10-04T05:00+11:00")],
        2.25,
    ),
    "Lord Howe changes by half an hour, in autumn": (
        "Australia/Lord_Howe",
        ["01:00-03:00"],
        "2026-04-05T00:00+11:00",
        "2026-04-06T00:00+10:30",
        [("2026-04-05T01:00+11:00", "2026-04-05T03:00+10:30")],
        2.5,
    ),
    "Apia had no 30 December 2011": (
        "Pacific/Apia",
        ["09:00-17:00"],
        "2011-12-29T00:00-10:00",
        "2012-01-01T00:00+14:00",
        [
            ("2011-12-29T09:00-10:00", "2011-12-29T17:00-10:00"),
            ("2011-12-31T09:00+14:00", "2011-12-31T17:00+14:00"),
        ],
        16.0,
    ),
    "Kathmandu is 5:45 ahead, and was 5:30 until 1986": (
        "Asia/Kathmandu",
        ["09:00-10:00"],
        "1985-12-31T00:00+05:30",
        "1986-01-02T00:00+05:45",
        [
            ("1985-12-31T09:00+05:30", "1985-12-31T10:00+05:30"),
            ("1986-01-01T09:00+05:45", "1986-01-01T10:00+05:45"),
        ],
        2.0,
    ),
    "Casablanca goes back an hour for Ramadan": (
        "Africa/Casablanca",
        ["01:30-04:00"],
        "2026-02-15T00:00+01:00",
        "2026-02-16T00:00+00:00",
        [("2026-02-15T01:30+01:00", "2026-02-15T04:00+00:00")],
        3.5,
    ),
    "Sao Paulo had no midnight on 4 November 2018": (
        "America/Sao_Paulo",
        ["00:00-01:30", "22:00-24:00"],
        "2018-11-03T12:00-03:00",
        "2018-11-04T12:00-02:00",
        [("2018-11-03T22:00-03:00", "2018-11-04T01:30-02:00")],
        2.5,
    ),
    "Sao Paulo met 23:00 twice on 17 February 2018": (
        "America/Sao_Paulo",
        ["23:00-24:00"],
        "2018-02-17T12:00-02:00",
        "2018-02-18T12:00-03:00",
        [("2018-02-17T23:00-02:00", "2018-02-18T00:00-03:00")],
        2.0,
    ),
    "Monrovia was 44 minutes and 30 seconds behind until 1972": (
        "Africa/Monrovia",
        ["00:00-01:00"],
        "1972-01-05T12:00+00:00",
        "1972-01-08T12:00+00:00",
        [
            ("1972-01-06T00:00-00:44:30", "1972-01-06T01:00-00:44:30"),
            ("1972-01-07T00:44:30+00:00", "1972-01-07T01:00+00:00"),
            ("1972-01-08T00:00+00:00", "1972-01-08T01:00+00:00"),
        ],
        2 + 15.5 / 60,
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_hours_on_an_edge_of_the_clock(name: str) -> None:
    """R25: what does not exist moves forward by the gap, what is repeated counts by UTC."""
    zone, hours, begin, end, stretches, open_hours = EDGES[name]
    clock = clock_of(zone, *hours)

    if stretches[-1][1] is not None:
        expected = [(at(opens), at(closes or "")) for opens, closes in stretches]
        assert openings(clock, begin, end) == expected
    assert clock.business_ms_between(at(begin), at(end)) == open_hours * HOUR_MS


def test_the_hours_of_a_date_that_was_skipped_move_nowhere() -> None:
    """Apia's Friday never was; its Saturday keeps its own hours, which are none."""
    clock = clock_of("Pacific/Apia", opening={"friday": ["09:00-17:00"]})

    assert openings(clock, "2011-12-29T00:00-10:00", "2012-01-07T00:00+14:00") == [
        (at("2012-01-06T09:00+14:00"), at("2012-01-06T17:00+14:00"))
    ]
