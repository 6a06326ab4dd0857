"""The next days as a picture."""

from xml.etree import ElementTree as ET

from libs.common.calendars.picture import days_as_picture
from tests.unit.libs.common.calendars.build import at, clock_of

SVG = "{http://www.w3.org/2000/svg}"


def _picture(zone: str, moment: str, *hours: str, days: int = 14, **fields: object) -> ET.Element:
    return ET.fromstring(days_as_picture(clock_of(zone, *hours, **fields), at(moment), days=days))  # noqa: S314 - our own


def _bars(picture: ET.Element) -> list[tuple[int, int]]:
    found = [one for one in picture.iter(f"{SVG}rect") if one.get("class") == "open"]
    return [(int(one.get("x", "")), int(one.get("width", ""))) for one in found]


def test_each_open_time_is_a_bar_where_its_hours_are() -> None:
    """Midnight is the left edge and midnight the right one: twelve hours are half of the way."""
    picture = _picture("UTC", "2026-12-01T10:00+00:00", "00:00-12:00", "18:00-24:00", days=1)

    assert _bars(picture) == [(116, 252), (494, 126)]


def test_a_break_is_a_gap_and_a_holiday_has_no_bar_but_its_name() -> None:
    """What is told in text stands beside the row."""
    hours = ("09:00-12:30", "13:30-18:00")
    place = [{"country": "DE"}]
    picture = _picture("Europe/Berlin", "2026-12-24T10:00+01:00", *hours, days=2, holidays=place)

    assert len(_bars(picture)) == 2
    assert "closed (Christmas Day)" in [one.text for one in picture.iter(f"{SVG}text")]


def test_a_change_of_the_clock_is_written_beside_its_day() -> None:
    """A reader sees why a night is short."""
    picture = _picture("Europe/Berlin", "2026-03-29T10:00+02:00", "09:00-17:00", days=1)

    [told] = [one.text for one in picture.iter(f"{SVG}text") if one.get("class") == "why"]
    assert told == "[clock: +01:00 to +02:00 at 02:00]"


def test_who_can_not_see_it_reads_it() -> None:
    """The title names the calendar and its zone, the description each day."""
    picture = _picture("UTC", "2026-12-01T10:00+00:00", "09:00-17:00", name="Tools & <Toys>")

    assert picture.findtext(f"{SVG}title") == "Tools & <Toys> (UTC), the next 14 days"
    assert (picture.findtext(f"{SVG}desc") or "").count("09:00-17:00") == 14


def test_now_stands_on_the_first_day() -> None:
    """At the local hour."""
    picture = _picture("Asia/Tokyo", "2026-12-01T03:00+00:00", "09:00-17:00", days=1)

    [now] = [one for one in picture.iter(f"{SVG}line") if one.get("class") == "now"]
    assert now.get("x1") == "368"
    assert now.findtext(f"{SVG}title") == "now, 12:00"
