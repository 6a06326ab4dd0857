"""The picture shows what the text says."""

from xml.etree import ElementTree as ET

from demo.report.calendar_picture import calendar_picture
from tests.unit.libs.common.calendars.build import at, clock_of

SVG = "{http://www.w3.org/2000/svg}"


def picture(moment: str, zone: str = "Europe/Berlin", **fields: object) -> ET.Element:
    """Fourteen days of an office with a break at noon."""
    hours = {"opening": {"monday": ["09:00-12:30", "13:30-18:00"]}, **fields}
    return ET.fromstring(calendar_picture(clock_of(zone, **hours), at(moment)))  # noqa: S314 - our own


def said(root: ET.Element) -> list[str]:
    """The texts that are drawn, in order."""
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_each_interval_is_a_bar_between_its_hours() -> None:
    """Two Mondays of two intervals each, as long as they last."""
    root = picture("2026-06-01T12:00+02:00")

    bars = [one for one in root.iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]
    assert [(one.get("x"), one.get("width")) for one in bars[:2]] == [("310", "70"), ("400", "90")]
    assert len(bars) == 4


def test_days_tell_why_they_differ() -> None:
    """A holiday's name, closed days, and a change of the clock."""
    root = picture("2026-03-28T12:00+01:00", holidays=[{"country": "DE"}])

    texts = said(root)
    assert texts[0] == "office (Europe/Berlin), the next 14 days"
    assert "Sat 28 Mar" in texts
    assert "closed, clock +01:00 to +02:00 at 02:00" in texts
    assert texts[texts.index("Fri 3 Apr") + 1] == "Good Friday"


def test_a_skipped_day_is_told() -> None:
    """Apia's last Friday of 2011."""
    texts = said(picture("2011-12-29T12:00-10:00", "Pacific/Apia"))

    assert texts[texts.index("Fri 30 Dec") + 1] == "no such day here"


def test_the_description_is_the_text() -> None:
    """Whoever can't see it reads it."""
    described = picture("2026-06-01T12:00+02:00").findtext(f"{SVG}desc") or ""

    assert described.startswith("Mon 2026-06-01  09:00-12:30, 13:30-18:00; Tue 2026-06-02  closed")
