"""What docs/time.md reckons is what the business clock says of the example's office."""

import re
from pathlib import Path

from docs.example_pictures import EXAMPLE, SHOWN_FROM_MS
from libs.common.calendars import compile_calendar
from libs.common.documents.desk_document import read_desk_configuration
from tests.unit.libs.common.calendars.build import HOUR_MS, at, clock_of

PAGE = Path("docs/time.md").read_text(encoding="utf-8")
OFFICE = compile_calendar(read_desk_configuration(EXAMPLE.read_bytes(), is_json=False).calendars[0])


def test_the_weekend_with_summer_time_in_it_is_reckoned_right() -> None:
    """Four hours from Friday afternoon; at risk after 80 % of them."""
    written = at("2026-03-27T14:00+01:00")

    assert OFFICE.due(written, 4 * HOUR_MS) == at("2026-03-30T12:00+02:00")
    assert OFFICE.due(written, 4 * HOUR_MS * 8 // 10) == at("2026-03-30T11:12+02:00")
    assert at("2026-03-30T12:00+02:00") - written == 69 * HOUR_MS
    another = at("2026-03-20T14:00+01:00")
    assert OFFICE.due(another, 4 * HOUR_MS) == another + 70 * HOUR_MS
    for told in ("27 March 2026 at 14:00", "due at 12:00", "Monday at 11:12", "69 hours", "and 70"):
        assert told in PAGE


def test_the_nights_in_which_the_clock_changes_are_reckoned_right() -> None:
    """Five hours, seven, six; and an opening that does not exist."""
    night = clock_of("Europe/Berlin", opening={"sunday": ["00:00-06:00"]})
    noons = [at(f"{day}T12:00+00:00") for day in ("2026-03-29", "2026-10-25", "2026-04-05")]

    hours = [night.business_ms_between(noon - 24 * HOUR_MS, noon) / HOUR_MS for noon in noons]
    late = clock_of("Europe/Berlin", opening={"sunday": ["02:30-06:00"]})

    assert hours == [5, 7, 6]
    assert late.next_opening(noons[0] - 24 * HOUR_MS) == at("2026-03-29T03:30+02:00")
    for told in ("5 hours on 29 March", "7 on 25 October", "opens at 03:30"):
        assert told in PAGE


def test_the_picture_begins_before_easter() -> None:
    """As its caption says."""
    assert at("2026-03-26T11:00+01:00") == SHOWN_FROM_MS


def test_every_field_and_route_that_the_page_names_is_there() -> None:
    """A page that tells of what was renamed sends its reader the wrong way."""
    written = re.findall(r"`([^`]+)`", PAGE)
    desk = Path("docs/desk.md").read_text(encoding="utf-8")
    metrics = Path("libs/common/metrics.py").read_text(encoding="utf-8")
    doors = Path("docs/api/openapi")
    paths = "".join(door.read_text(encoding="utf-8") for door in sorted(doors.glob("*.json")))
    paths = re.sub(r"{\w+}", "{}", paths)

    fields = [one for one in written if re.fullmatch(r"[a-z_]+", one)]
    unknown = [one for one in fields if one not in desk and f'"{one}"' not in metrics]
    routes = [found for one in written for found in re.findall(r"(?:/v1|\.\.\.)(/[^?\s]+)", one)]
    nowhere = [one for one in routes if re.sub(r"{\w+}", "{}", one) not in paths]

    assert len(fields) > 10
    assert len(routes) > 4
    assert unknown + nowhere == []
