"""What a benchmark tells: one figure with its aim, its limit, its parts and its profile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a heading; every row has as many cells as there are columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured thing. `is_met` is None where no aim was set; `said` is the result in a line."""

    letter: str
    title: str
    aim: str
    said: str
    is_met: bool | None
    workload: str
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def as_text(self) -> str:
        """The figure as Markdown."""
        met = {True: "met", False: "**missed**", None: "no aim"}[self.is_met]
        parts = [
            f"## ({self.letter}) {self.title}",
            f"{self.said} (aim: {self.aim}; {met})",
            f"Workload: {self.workload}",
            *(_table(table) for table in self.tables),
            *self.notes,
        ]
        return "\n\n".join(parts) + "\n"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all is not above; NaN without values."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def spread(label: str, values_ms: Sequence[float]) -> tuple[str, ...]:
    """A row of a table of latencies: p50, p90, p99 and the greatest, in milliseconds."""
    shares = (0.5, 0.9, 0.99, 1.0)
    return (label, *(f"{percentile(values_ms, share):.1f}" for share in shares))


SPREAD_COLUMNS = ("stage", "p50 ms", "p90 ms", "p99 ms", "max ms")


def bars(parts: Sequence[tuple[str, float]], *, unit: str, width: int = 40) -> str:
    """A text chart: one bar per part, the longest as wide as `width` characters."""
    longest = max((value for _, value in parts), default=0.0) or 1.0
    label_width = max((len(label) for label, _ in parts), default=0)
    lines = [
        f"{label:<{label_width}}  {'#' * round(width * value / longest):<{width}}"
        f" {value:.1f} {unit}"
        for label, value in parts
    ]
    return "\n".join(["```text", *lines, "```"])


def _table(table: Table) -> str:
    lines = [
        f"{table.title}:",
        "",
        f"| {' | '.join(table.columns)} |",
        f"|{'---|' * len(table.columns)}",
        *(f"| {' | '.join(row)} |" for row in table.rows),
    ]
    return "\n".join(lines)
