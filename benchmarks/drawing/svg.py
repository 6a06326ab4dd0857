"""The few marks that a chart is made of, as SVG text: no library draws for us."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
INK, QUIET, GRID, PAPER = "#1f2933", "#66727f", "#e4e8ec", "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps values from 0 to `value_max` onto pixels, `from_px` being the place of 0."""

    value_max: float
    from_px: float
    to_px: float

    def at(self, value: float) -> float:
        """Where the value lies."""
        return self.from_px + (self.to_px - self.from_px) * value / self.value_max


def number(value: float) -> str:
    """A coordinate, short and always written the same way."""
    return f"{value:.1f}".removesuffix(".0")


def text(
    said: str,
    x: float,
    y: float,
    *,
    size: int = 12,
    colour: str = INK,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    """One line of text with its baseline at `y`."""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{size}" fill="{colour}"'
        f' text-anchor="{anchor}" font-weight="{weight}">{escape(said)}</text>'
    )


def bar(x: float, y: float, *, width: float, height: float, colour: str, said: str) -> str:
    """A bar that grows upwards to `y`; `said` shows when the mouse rests on it."""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}"'
        f' height="{number(max(height, 0))}" rx="2" fill="{colour}">'
        f"<title>{escape(said)}</title></rect>"
    )


def rule(x1: float, y1: float, x2: float, y2: float, *, colour: str = GRID) -> str:
    """A thin straight line."""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        f' stroke="{colour}" stroke-width="1"/>'
    )


def curve(points: Sequence[tuple[float, float]], *, colour: str, dash: str = "") -> str:
    """A line through these points."""
    joined = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2.2"'
        f' stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
    )


def document(marks: Iterable[str], *, width: int, height: int, title: str, told: str) -> str:
    """The whole picture; `told` describes it to whoever can't see it."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" font-family="{FONT}">'
    )
    described = f"<title>{escape(title)}</title>\n<desc>{escape(told)}</desc>"
    paper = f'<rect width="{width}" height="{height}" rx="10" fill="{PAPER}"/>'
    return "\n".join([head, described, paper, *marks, "</svg>", ""])
