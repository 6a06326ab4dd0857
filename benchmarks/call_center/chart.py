"""The chart of the call centre: waits and hang-ups by class, and waits over the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.call_center.calls import CustomerClass
from benchmarks.drawing.panel import Panel, frame, legend, scale_for
from benchmarks.drawing.svg import INK, QUIET, Scale, bar, curve, document, rule, text

WIDTH, HEIGHT = 960, 700
TITLE = "A bank's call centre, replayed through the engine"
_LEFT, _RIGHT = 56, 928
_GROUPS: tuple[tuple[CustomerClass | None, str], ...] = (
    (CustomerClass.PREFERRED, "preferred"),
    (CustomerClass.ORDINARY, "ordinary"),
    (CustomerClass.UNIDENTIFIED, "unidentified"),
    (None, "everybody"),
)
_BAR, _GAP = 24, 3
# Half hours of the day that the centre was open on working days.
_OPENS, _CLOSES = 14, 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One of the things compared. Waits in seconds, shares of 1; waits of the day by half hour."""

    name: str
    colour: str
    dash: str
    wait_s: Mapping[CustomerClass | None, float]
    abandoned: Mapping[CustomerClass | None, float]
    wait_s_by_slot: Mapping[int, float]


def draw(series: Sequence[Series], *, subtitle: str, source: str) -> str:
    """The chart as an SVG document."""
    half = (_LEFT + _RIGHT) / 2
    waits = Panel(left=_LEFT, right=half - 30, top=160, bottom=372)
    hang_ups = Panel(left=half + 30, right=_RIGHT, top=160, bottom=372)
    day = Panel(left=_LEFT, right=_RIGHT, top=464, bottom=626)
    marks = [
        text(TITLE, 28, 42, size=21, weight=700),
        text(subtitle, 28, 65, size=13, colour=QUIET),
        *legend([(one.name, one.colour) for one in series], y=97),
        *_bars(waits, "Mean wait, seconds", [(one, one.wait_s) for one in series], digits=0),
        *_bars(
            hang_ups,
            "Callers who hung up, percent",
            [(one, {key: 100 * share for key, share in one.abandoned.items()}) for one in series],
            digits=1,
        ),
        *_lines(day, "Mean wait by time of arrival, seconds", series),
        text(source, 28, HEIGHT - 20, size=11, colour=QUIET),
    ]
    told = "; ".join(
        f"{one.name}: mean wait {one.wait_s[None]:.0f} s, {one.abandoned[None]:.1%} hung up"
        for one in series
    )
    return document(marks, width=WIDTH, height=HEIGHT, title=TITLE, told=told)


def _bars(
    panel: Panel,
    title: str,
    rows: Sequence[tuple[Series, Mapping[CustomerClass | None, float]]],
    *,
    digits: int,
) -> list[str]:
    scale = scale_for(panel, max(values[key] for _, values in rows for key, _ in _GROUPS))
    marks = frame(panel, title, scale)
    room = (panel.right - panel.left) / len(_GROUPS)
    width = len(rows) * (_BAR + _GAP) - _GAP
    for place, (key, label) in enumerate(_GROUPS):
        middle = panel.left + (place + 0.5) * room
        weight = 700 if key is None else 400
        marks.append(
            text(label, middle, panel.bottom + 20, size=12, anchor="middle", weight=weight)
        )
        for offset, (one, values) in enumerate(rows):
            x, y = middle - width / 2 + offset * (_BAR + _GAP), scale.at(values[key])
            said = f"{values[key]:.{digits}f}"
            marks.append(
                bar(
                    x,
                    y,
                    width=_BAR,
                    height=panel.bottom - y,
                    colour=one.colour,
                    said=f"{one.name}, {label}: {said}",
                )
            )
            marks.append(text(said, x + _BAR / 2, y - 5, size=11, colour=INK, anchor="middle"))
    return marks


def _lines(panel: Panel, title: str, series: Sequence[Series]) -> list[str]:
    shown = range(_OPENS, _CLOSES)
    highest = max(one.wait_s_by_slot.get(slot, 0.0) for one in series for slot in shown)
    scale = scale_for(panel, highest)
    marks = frame(panel, title, scale)
    across = Scale(value_max=_CLOSES - _OPENS, from_px=panel.left, to_px=panel.right)
    for slot in range(_OPENS, _CLOSES + 1, 2):
        hour = f"{slot // 2}:00" if slot % 4 == 0 else ""
        x = across.at(slot - _OPENS)
        marks.append(rule(x, panel.bottom, x, panel.bottom + 4, colour=QUIET))
        marks.append(text(hour, x, panel.bottom + 19, size=11, colour=QUIET, anchor="middle"))
    for one in reversed(series):
        points = [
            (across.at(slot + 0.5 - _OPENS), scale.at(one.wait_s_by_slot[slot]))
            for slot in shown
            if slot in one.wait_s_by_slot
        ]
        marks.append(curve(points, colour=one.colour, dash=one.dash))
    return marks
