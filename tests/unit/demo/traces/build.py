"""Builds spans for tests: a message's way through the house."""

from demo.traces.spans import Span
from libs.common.contracts.events import MessageReceived
from libs.common.telemetry import Attribute, SpanName


def span(
    name: SpanName,
    *,
    began_ms: float,
    took_ms: float,
    parent_id: str | None = "decide",
    span_id: str = "",
    event_type: str = "",
) -> Span:
    """One span that begins some milliseconds after the trace did."""
    return Span(
        trace_id="t",
        span_id=span_id or f"{name}/{began_ms}",
        parent_id=parent_id,
        name=name,
        service=name.partition(".")[0],
        began_ns=int(began_ms * 1e6),
        ended_ns=int((began_ms + took_ms) * 1e6),
        attributes={Attribute.EVENT_TYPE: event_type} if event_type else {},
    )


def message_trace(*, pushes: int = 1, wrote_at_ms: float = 20) -> list[Span]:
    """Received in 8 ms, decided in 1 ms from 10 on, pushed from 15 on, written at last."""
    return [
        span(
            SpanName.INGEST_RECEIVE,
            began_ms=0,
            took_ms=8,
            parent_id=None,
            span_id="receive",
            event_type=MessageReceived.type,
        ),
        span(SpanName.ROUTER_DECIDE, began_ms=10, took_ms=1, parent_id="receive", span_id="decide"),
        *(
            span(
                SpanName.NOTIFIER_PUSH,
                began_ms=15 + number,
                took_ms=0.5,
                event_type="reservation.opened",
            )
            for number in range(pushes)
        ),
        span(SpanName.HISTORY_WRITE, began_ms=wrote_at_ms, took_ms=4),
    ]
