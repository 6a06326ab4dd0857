"""The next days of a calendar as a picture: a row for each day, a bar for each of its intervals."""

from collections.abc import Iterator, Sequence

from benchmarks.drawing.svg import GRID, QUIET, Scale, bar, document, rule, text
from libs.common.calendars import BusinessClock
from libs.common.calendars.days import Day, days_as_text, days_from

_WIDTH, _TOP, _ROW = 860, 74, 24
_LEFT, _RIGHT = 130.0, 610.0
_BAR_HEIGHT = 14
_OPEN = "#2f7f79"
_HOURS_A_DAY, _HOURS_A_LINE = 24, 3
_HOUR_MINUTES = 60
_REASON_LENGTH_MAX = 40


def calendar_picture(clock: BusinessClock, at_ms: int) -> str:
    """The fourteen days from the local date of the instant as SVG, the same words for the blind."""
    days = days_from(clock, at_ms)
    title, *lines = days_as_text(clock, at_ms)
    marks = [text(title, 28, 34, size=16, weight=700), *_grid(len(days))]
    for row, day in enumerate(days):
        marks += _row(day, lines[row], _TOP + row * _ROW)
    height = _TOP + len(days) * _ROW + 20
    return document(marks, width=_WIDTH, height=height, title=title, told="; ".join(lines))


def _grid(rows: int) -> Iterator[str]:
    """A line every three hours of the local clock."""
    for hour in range(0, _HOURS_A_DAY + 1, _HOURS_A_LINE):
        x = _scale().at(hour)
        yield text(f"{hour}:00", x, _TOP - 10, size=11, colour=QUIET, anchor="middle")
        yield rule(x, _TOP - 4, x, _TOP + rows * _ROW)


def _row(day: Day, line: str, y: float) -> Sequence[str]:
    is_open = bool(day.intervals)
    name = f"{day.date:%a} {day.date.day} {day.date:%b}"
    marks = [
        rule(_LEFT, y + _ROW, _RIGHT, y + _ROW, colour=GRID),
        text(name, 28, y + 17, size=13, weight=600 if is_open else 400),
    ]
    for begin, end in day.intervals:
        left, right = (_scale().at(minute / _HOUR_MINUTES) for minute in (begin, end))
        middle = y + (_ROW - _BAR_HEIGHT) / 2
        size = {"width": right - left, "height": float(_BAR_HEIGHT)}
        marks.append(bar(left, middle, **size, colour=_OPEN, said=line))
    said = _said(day)
    if said:
        marks.append(text(said, _RIGHT + 14, y + 17, size=12, colour=QUIET))
    return marks


def _said(day: Day) -> str:
    """What a bar can't show: why a day differs, and that its clock changes."""
    closed = "" if day.intervals else "closed" if day.exists else "no such day here"
    change = f"clock {day.clock_change}" if day.clock_change else ""
    said = ", ".join(part for part in (day.reason or closed, change) if part)
    is_long = len(said) > _REASON_LENGTH_MAX
    return f"{said[: _REASON_LENGTH_MAX - 1]}…" if is_long else said


def _scale() -> Scale:
    return Scale(value_max=_HOURS_A_DAY, from_px=_LEFT, to_px=_RIGHT)
