"""One message's trace as a tree, with a bar for when each span began and how long it took."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.traces.spans import Span
from demo.traces.stages import is_of_message
from libs.common.telemetry import Attribute, SpanName

BAR_WIDTH = 30
_SERVICE_STYLES = {
    "ingest": "cyan",
    "router": "magenta",
    "notifier": "green",
    "history": "yellow",
}
_EDGES = (SpanName.ROUTER_DECIDE, SpanName.NOTIFIER_PUSH, SpanName.HISTORY_WRITE)


def choose_trace(traces: Iterable[Sequence[Span]]) -> Sequence[Span] | None:
    """A typical message's trace with every edge of the way: the median by its length in time, of
    those that were told to the most; None without any.
    """
    whole = [
        trace
        for trace in traces
        if is_of_message(trace) and {span.name for span in trace}.issuperset(_EDGES)
    ]
    longest = [trace for trace in whole if len(trace) == max(map(len, whole))]
    return sorted(longest, key=_length_ns)[len(longest) // 2] if longest else None


def print_trace(console: Console, trace: Sequence[Span]) -> None:
    """The trace's spans below their parents, in the order in which they began."""
    began_ns = min(span.began_ns for span in trace)
    whole_ns = max(1, _length_ns(trace))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, width=45, overflow="ellipsis")
    table.add_column(justify="right", width=8)
    table.add_column(justify="right", width=8)
    table.add_column(no_wrap=True)
    table.add_row(*(Text(title, style="dim") for title in ("span", "at ms", "took ms", "")))
    for branch, span in _walk(trace):
        style = _SERVICE_STYLES.get(span.service, "")
        detail = span.attributes.get(Attribute.EVENT_TYPE, "") if span.parent_id else ""
        table.add_row(
            Text.assemble((branch, "dim"), (span.name, style), (f" {detail}", "dim")),
            f"{(span.began_ns - began_ns) / 1e6:.1f}",
            f"{span.duration_ms:.1f}",
            Text(_bar(span, began_ns=began_ns, whole_ns=whole_ns), style=style),
        )
    console.print(table)


def _length_ns(trace: Sequence[Span]) -> int:
    return max(span.ended_ns for span in trace) - min(span.began_ns for span in trace)


def _walk(trace: Sequence[Span]) -> Iterable[tuple[str, Span]]:
    known = {span.span_id for span in trace}
    roots = [span for span in trace if span.parent_id not in known]
    for root in roots:
        yield "", root
        yield from _below(trace, root, "")


def _below(trace: Sequence[Span], parent: Span, indent: str) -> Iterable[tuple[str, Span]]:
    children = [span for span in trace if span.parent_id == parent.span_id]
    for child in children:
        is_last = child is children[-1]
        yield f"{indent}{'└─ ' if is_last else '├─ '}", child
        yield from _below(trace, child, f"{indent}{'   ' if is_last else '│  '}")


def _bar(span: Span, *, began_ns: int, whole_ns: int) -> str:
    first = (span.began_ns - began_ns) * BAR_WIDTH // whole_ns
    length = max(1, (span.ended_ns - span.began_ns) * BAR_WIDTH // whole_ns)
    return f"{' ' * min(first, BAR_WIDTH - 1)}{'█' * length}"
