"""The picture says what the numbers say."""

from xml.etree import ElementTree as ET

from benchmarks.call_center.calls import CustomerClass
from benchmarks.call_center.chart import Series, draw

SVG = "{http://www.w3.org/2000/svg}"


def _series(name: str, wait_s: float) -> Series:
    keys = (None, *CustomerClass)
    return Series(
        name=name,
        colour="#123456",
        dash="",
        wait_s=dict.fromkeys(keys, wait_s),
        abandoned=dict.fromkeys(keys, 0.125),
        wait_s_by_slot=dict.fromkeys(range(48), wait_s),
    )


def test_a_bar_is_as_high_as_its_value() -> None:
    """Twice the wait, twice the height, with the number above it."""
    drawn = draw([_series("one", 20), _series("two", 40)], subtitle="s", source="t")
    root = ET.fromstring(drawn)  # noqa: S314 - we drew it
    heights = {
        title: float(bar.attrib["height"])
        for bar in root.iter(f"{SVG}rect")
        if (title := bar.findtext(f"{SVG}title")) is not None and ":" in title
    }

    assert len(heights) == 16
    assert heights["two, preferred: 40"] == 2 * heights["one, preferred: 20"]
    assert "12.5" in {mark.text for mark in root.iter(f"{SVG}text")}


def test_names_are_written_as_text_whatever_they_hold() -> None:
    """An angle bracket doesn't break the document."""
    drawn = draw([_series("a < b & c", 20)], subtitle="<s>", source="t")

    root = ET.fromstring(drawn)  # noqa: S314 - we drew it
    assert "a < b & c" in {mark.text for mark in root.iter(f"{SVG}text")}
