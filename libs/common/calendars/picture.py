"""The next days of a calendar as a picture: a row for each day, a bar for each time that is open.

SVG text in both of a browser's moods, light and dark. Whoever can't see it reads the same lines
that `days_as_text` gives: they are the picture's description.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from libs.common.calendars.business_clock import BusinessClock
from libs.common.calendars.days import DAYS_SHOWN, Day, days_as_text, days_from, hours_of

_WIDTH, _LEFT, _RIGHT = 860, 116, 620
_TOP, _ROW, _BAR = 78, 26, 16
_HOURS = 24
_HOUR_MINUTES = 60
_HOURS_BETWEEN_LINES = 3
_STYLE = """<style>
  svg { font: 12px system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif }
  .paper { fill: #ffffff } .ink { fill: #1f2933 } .quiet { fill: #66727f }
  .grid { stroke: #e4e8ec } .track { fill: #f1f4f6 } .open { fill: #2f7d5b }
  .now { stroke: #c2410c }
  .title { font-size: 16px; font-weight: 700 } .why { fill: #9a3412 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #12181f } .ink { fill: #e6edf3 } .quiet { fill: #93a1ae }
    .grid { stroke: #2a3540 } .track { fill: #1b242d } .open { fill: #4fb286 }
    .now { stroke: #fb923c } .why { fill: #fdba74 }
  }
</style>"""


def days_as_picture(clock: BusinessClock, at_ms: int, *, days: int = DAYS_SHOWN) -> str:
    """That many days (at most 366) from the local date of the instant, as an SVG document."""
    shown = days_from(clock, at_ms, days=days)
    height = _TOP + _ROW * len(shown) + 24
    title, *lines = days_as_text(clock, at_ms, days=days)
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    marks = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape('; '.join(lines))}</desc>",
        _STYLE,
        f'<rect class="paper" width="{_WIDTH}" height="{height}" rx="10"/>',
        _text(title, 24, 34, "ink title"),
        *_hours(_TOP + _ROW * len(shown)),
        *(mark for row, day in enumerate(shown) for mark in _row(day, _TOP + _ROW * row)),
        _now(clock, at_ms),
        "</svg>",
        "",
    ]
    return "\n".join(marks)


def _hours(bottom: int) -> Iterator[str]:
    for hour in range(0, _HOURS + 1, _HOURS_BETWEEN_LINES):
        x = _at(hour * _HOUR_MINUTES)
        yield f'<line class="grid" x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{bottom}"/>'
        yield _text(f"{hour:02}:00", x, _TOP - 14, "quiet", anchor="middle")


def _row(day: Day, top: int) -> Iterator[str]:
    name, *told = day.line().split("  ")
    baseline = top + _BAR - 3
    yield _text(name, 24, baseline, "ink")
    width = _at(_HOURS * _HOUR_MINUTES) - _at(0)
    yield f'<rect class="track" x="{_at(0)}" y="{top}" width="{width}" height="{_BAR}" rx="3"/>'
    for begin, end in day.intervals:
        x, [hours] = _at(begin), hours_of([(begin, end)])
        yield (
            f'<rect class="open" x="{x}" y="{top}" width="{_at(end) - x}" height="{_BAR}" rx="3">'
            f"<title>{hours}</title></rect>"
        )
    # The hours are drawn already; what is left says why a day is not like its weekday.
    said = " ".join(told[1:] if day.intervals else told)
    if said:
        yield _text(
            said, _RIGHT + 16, baseline, "why" if day.reason or day.clock_change else "quiet"
        )


def _now(clock: BusinessClock, at_ms: int) -> str:
    local = clock.local_time(at_ms)
    x = _at(local.hour * _HOUR_MINUTES + local.minute)
    return (
        f'<line class="now" x1="{x}" y1="{_TOP - 4}" x2="{x}" y2="{_TOP + _BAR + 4}"'
        f' stroke-width="2"><title>now, {local:%H:%M}</title></line>'
    )


def _at(minute: int) -> int:
    return _LEFT + round((_RIGHT - _LEFT) * minute / (_HOURS * _HOUR_MINUTES))


def _text(said: str, x: int, y: int, style: str, *, anchor: str = "start") -> str:
    return f'<text class="{style}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(said)}</text>'
