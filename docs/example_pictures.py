"""The example's opening hours, drawn: two weeks with a change of the clock and a holiday."""

from collections.abc import Iterator
from pathlib import Path

from libs.common.calendars import compile_calendar
from libs.common.calendars.picture import days_as_picture
from libs.common.documents.desk_document import read_desk_configuration

EXAMPLE = Path(__file__).parent / "examples" / "desk.yaml"
# Thursday 26 March 2026, 11:00 in Munich: summer time begins on Sunday, Easter comes after it.
SHOWN_FROM_MS = 1_774_519_200_000


def example_pictures() -> Iterator[tuple[str, str]]:
    """The picture's path and its text."""
    desk = read_desk_configuration(EXAMPLE.read_bytes(), is_json=False)
    clock = compile_calendar(desk.calendars[0])
    yield "examples/opening-hours.svg", days_as_picture(clock, SHOWN_FROM_MS)
