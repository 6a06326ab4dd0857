"""The chart of the engine: what a step is, counted and timed, at desks of several sizes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.drawing.panel import Panel, frame, legend, scale_for
from benchmarks.drawing.svg import INK, QUIET, Scale, bar, document, rule, text

WIDTH, HEIGHT = 960, 460
TITLE = "What a step of the engine costs as the desk grows"
_LEFT = Panel(left=56, right=470, top=150, bottom=370)
_RIGHT = Panel(left=550, right=928, top=150, bottom=370)
_COLOURS = ("#0f6fde", "#5aa0ee", "#f2a33a", "#8794a3", "#3c8d5a", "#b85c9e", "#c9d1d9")
_BAR = 44
# Less than this for each step would not be seen in the picture.
_SEEN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One size of desk: counted work per step by what it is, and processor time per step."""

    agents: int
    waiting: int
    work: Mapping[str, float]
    us_per_step: float


def draw(columns: Sequence[Column], *, subtitle: str) -> str:
    """The chart as an SVG document."""
    kinds = sorted(
        {kind for column in columns for kind, work in column.work.items() if work >= _SEEN}
        - {"all"}
    )
    colours = dict(zip(kinds, _COLOURS[: len(kinds)], strict=True))
    counted = scale_for(_LEFT, max(column.work["all"] for column in columns))
    timed = scale_for(_RIGHT, max(column.us_per_step for column in columns))
    marks = [
        text(TITLE, 28, 42, size=21, weight=700),
        text(subtitle, 28, 65, size=13, colour=QUIET),
        *legend(list(colours.items()), y=97),
        *frame(_LEFT, "Counted work of a step", counted),
        *_columns(_LEFT, columns, lambda column, x: _stack(column, x, counted, colours)),
        *frame(_RIGHT, "Processor time of a step, microseconds", timed),
        *_columns(_RIGHT, columns, lambda column, x: _single(column, x, timed)),
    ]
    told = "; ".join(
        f"{one.agents:,} agents, {one.waiting:,} waiting: work {one.work['all']:.1f},"
        f" {one.us_per_step:.0f} microseconds a step"
        for one in columns
    )
    return document(marks, width=WIDTH, height=HEIGHT, title=TITLE, told=told)


def _columns(
    panel: Panel, columns: Sequence[Column], marks_of: Callable[[Column, float], list[str]]
) -> list[str]:
    """Each column's marks in the middle of its share of the panel, with its size below."""
    room = (panel.right - panel.left) / len(columns)
    marks = []
    for place, column in enumerate(columns):
        middle = panel.left + (place + 0.5) * room
        marks += marks_of(column, middle - _BAR / 2)
        for line, label in enumerate((f"{column.agents:,} agents", f"{column.waiting:,} waiting")):
            y = panel.bottom + 20 + 16 * line
            marks.append(text(label, middle, y, size=12, anchor="middle"))
    return marks


def _stack(column: Column, x: float, scale: Scale, colours: Mapping[str, str]) -> list[str]:
    marks, below = [], 0.0
    for kind, colour in colours.items():
        value = column.work.get(kind, 0.0)
        top = scale.at(below + value)
        said = f"{kind}: {value:.2f}"
        height = scale.at(below) - top
        marks.append(bar(x, top, width=_BAR, height=height, colour=colour, said=said))
        below += value
    marks.append(rule(x, scale.at(below), x + _BAR, scale.at(below), colour=INK))
    return [*marks, _value(f"{below:.1f}", x, scale.at(below))]


def _single(column: Column, x: float, scale: Scale) -> list[str]:
    top, said = scale.at(column.us_per_step), f"{column.us_per_step:.0f}"
    height = scale.at(0) - top
    return [
        bar(x, top, width=_BAR, height=height, colour=_COLOURS[0], said=f"{said} microseconds"),
        _value(said, x, top),
    ]


def _value(said: str, x: float, y: float) -> str:
    return text(said, x + _BAR / 2, y - 5, size=11, colour=INK, anchor="middle")
