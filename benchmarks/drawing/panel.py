"""A panel of a chart: where it lies, its scale with round numbers, its grid, and the legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from benchmarks.drawing.svg import GRID, QUIET, Scale, bar, rule, text

_TICKS_MAX = 5
_LEFT_PX = 28.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Where the marks of one diagram lie, in pixels from the top left."""

    left: float
    right: float
    top: float
    bottom: float


def scale_for(panel: Panel, highest: float) -> Scale:
    """Upwards from 0 to the first line of the grid that is not below the highest value."""
    step = step_for(highest)
    return Scale(value_max=step * ceil(highest / step), from_px=panel.bottom, to_px=panel.top)


def step_for(highest: float) -> float:
    """The distance of the grid's lines: 1, 2, 5, 10, 20 ... so that few are needed."""
    size = 1.0
    while True:
        for factor in (1, 2, 5):
            if highest <= factor * size * _TICKS_MAX:
                return factor * size
        size *= 10


def frame(panel: Panel, title: str, scale: Scale) -> list[str]:
    """The title, and the grid's lines with their numbers."""
    marks = [text(title, panel.left - 28, panel.top - 22, size=14, weight=700)]
    step = step_for(scale.value_max)
    for count in range(round(scale.value_max / step) + 1):
        y = scale.at(count * step)
        colour = QUIET if count == 0 else GRID
        marks.append(rule(panel.left, y, panel.right, y, colour=colour))
        marks.append(
            text(f"{count * step:g}", panel.left - 8, y + 4, size=11, colour=QUIET, anchor="end")
        )
    return marks


def legend(names: Sequence[tuple[str, str]], *, y: float) -> list[str]:
    """Each name beside a square of its colour, in one line."""
    marks, x = [], _LEFT_PX
    for name, colour in names:
        marks.append(bar(x, y - 10, width=12, height=12, colour=colour, said=name))
        marks.append(text(name, x + 18, y, size=13))
        x += 46 + 7 * len(name)
    return marks
