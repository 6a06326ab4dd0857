"""The picture says what was counted and timed."""

from xml.etree import ElementTree as ET

from benchmarks.engine.chart import Column, draw

SVG = "{http://www.w3.org/2000/svg}"


def test_parts_stand_on_one_another_and_the_sum_above() -> None:
    """The stack is as high as the sum; the time has a bar of its own."""
    work = {"seats": 4.0, "deadlines": 3.0, "all": 7.0}
    column = Column(agents=1_000, waiting=10_000, work=work, us_per_step=20)

    root = ET.fromstring(draw([column], subtitle="s"))  # noqa: S314 - we drew it

    bars = {
        title: (float(bar.attrib["y"]), float(bar.attrib["height"]))
        for bar in root.iter(f"{SVG}rect")
        if (title := bar.findtext(f"{SVG}title")) is not None
    }
    texts = {mark.text for mark in root.iter(f"{SVG}text")}
    upper, lower = bars["seats: 4.00"], bars["deadlines: 3.00"]
    assert upper[1] > lower[1] > 0
    assert abs(upper[0] + upper[1] - lower[0]) < 0.2
    assert {"7.0", "20", "1,000 agents", "10,000 waiting"} <= texts
    assert "20 microseconds" in bars
