"""The stages of a message's way, measured from the spans of all traces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from demo.traces.spans import Span
from libs.common.contracts.events import MessageReceived
from libs.common.telemetry import Attribute, SpanName

PUSHED_TO_AGENT = frozenset({"reservation.opened", "message.filed"})
_SLOWEST_SHARE = 0.99

RECEIVE = "ingest: from the request to Kafka's acknowledgement"
TO_ROUTER = "Kafka: from there to the router"
DECIDE = "router: decide"
TO_NOTIFIER = "router and Kafka: the decision, published and read"
PUSH = "notifier: push to the agent's socket"
WRITE = "history: write the timeline"
_WAY = (RECEIVE, TO_ROUTER, DECIDE, TO_NOTIFIER, PUSH, WRITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage over all messages; times in milliseconds."""

    name: str
    p50_ms: float
    p99_ms: float
    count: int


def is_of_message(trace: Sequence[Span]) -> bool:
    """Whether the trace began with a customer's message at a channel's door."""
    return any(
        span.parent_id is None
        and span.name == SpanName.INGEST_RECEIVE
        and span.attributes.get(Attribute.EVENT_TYPE) == MessageReceived.type
        for span in trace
    )


def stages_of(traces: Iterable[Sequence[Span]]) -> list[Stage]:
    """Every stage that was seen, in the order of the way, from the traces of messages."""
    found: dict[str, list[float]] = {name: [] for name in _WAY}
    for trace in traces:
        if is_of_message(trace):
            for name, duration_ms in _durations(trace):
                # The router may read a record before its sender hears that it is safe.
                found[name].append(max(0.0, duration_ms))
    return [
        Stage(
            name=name,
            p50_ms=median(times),
            p99_ms=percentile(times, _SLOWEST_SHARE),
            count=len(times),
        )
        for name, times in found.items()
        if times
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)] if ordered else 0.0


def _durations(trace: Sequence[Span]) -> Iterable[tuple[str, float]]:
    received = _first(trace, SpanName.INGEST_RECEIVE)
    decided = _first(trace, SpanName.ROUTER_DECIDE)
    pushed = _first_push(trace)
    written = _first(trace, SpanName.HISTORY_WRITE)
    if received is None or decided is None:
        return
    yield RECEIVE, received.duration_ms
    yield TO_ROUTER, _between_ms(received, decided)
    yield DECIDE, decided.duration_ms
    if pushed is not None:
        yield TO_NOTIFIER, _between_ms(decided, pushed)
        yield PUSH, pushed.duration_ms
    if written is not None:
        yield WRITE, written.duration_ms


def _first(trace: Sequence[Span], name: SpanName) -> Span | None:
    return next((span for span in trace if span.name == name), None)


def _first_push(trace: Sequence[Span]) -> Span | None:
    return next(
        (
            span
            for span in trace
            if span.name == SpanName.NOTIFIER_PUSH
            and span.attributes.get(Attribute.EVENT_TYPE) in PUSHED_TO_AGENT
        ),
        None,
    )


def _between_ms(earlier: Span, later: Span) -> float:
    return (later.began_ns - earlier.ended_ns) / 1e6
