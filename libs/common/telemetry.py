"""Traces: which spans and attributes exist, and one trace from the webhook to the timeline.

Sampling is decided once, at the edge; everyone else follows the flag in the `traceparent`, and a
record whose flag says "not sampled" costs nothing.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

from libs.common.logs import configure_logs
from libs.common.settings import ServiceSettings

__all__ = [
    "Attribute",
    "SpanKind",
    "SpanName",
    "configure",
    "configure_tracing",
    "is_sampled",
    "shutdown",
    "span",
    "start_trace",
]

EXPORT_TIMEOUT_S = 5
FLUSH_TIMEOUT_S = 3.0
_SAMPLED_LENGTH = 55


class SpanName(StrEnum):
    """Every span, with the stretch of work that it measures."""

    INGEST_RECEIVE = "ingest.receive"  # a request at a door, up to Kafka's acknowledgement
    ROUTER_DECIDE = "router.decide"  # one event, from its decoding to its record's acknowledgement
    NOTIFIER_PUSH = "notifier.push"  # one decision to the sockets that listen
    NOTIFIER_DELIVER = "notifier.deliver"  # one reply to the channel's provider
    NOTIFIER_ALERT = "notifier.alert"  # one signed webhook
    NOTIFIER_CONTACT = "notifier.contact"  # one alert to a contact over mail, chat or pager
    HISTORY_WRITE = "history.write"  # one record into the timeline


class Attribute(StrEnum):
    """Every span attribute; none holds text, names or addresses."""

    TENANT_ID = "switchboard.tenant_id"
    DESK_ID = "switchboard.desk_id"
    CHANNEL = "switchboard.channel"
    EVENT_ID = "switchboard.event_id"
    EVENT_TYPE = "switchboard.event_type"
    CONVERSATION_ID = "switchboard.conversation_id"
    WORK_ITEM_ID = "switchboard.work_item_id"
    DECISIONS = "switchboard.decisions"  # how many the record holds
    OUTCOME = "switchboard.outcome"
    TOPIC = "messaging.destination.name"
    PARTITION = "messaging.destination.partition.id"
    OFFSET = "messaging.kafka.offset"


Attributes = Mapping[Attribute, str | int | float | bool]


class _State:
    """The process's tracing; without an exporter there is none."""

    provider: TracerProvider | None = None
    tracer: trace.Tracer | None = None


def configure(service_name: str, settings: ServiceSettings) -> None:
    """Logs for this service, and traces when an endpoint is configured."""
    configure_logs(service_name, level=settings.log_level)
    if settings.otel_exporter_otlp_endpoint is not None:
        endpoint = str(settings.otel_exporter_otlp_endpoint).rstrip("/")
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=EXPORT_TIMEOUT_S)
        configure_tracing(service_name, exporter, sample_ratio=settings.trace_sample_ratio)


def configure_tracing(
    service_name: str,
    exporter: SpanExporter | None,
    *,
    sample_ratio: float = 1.0,
    is_batched: bool = True,
) -> None:
    """Export spans from now on; None ends it. Tests give an exporter of their own."""
    if exporter is None:
        _State.provider, _State.tracer = None, None
        return
    provider = TracerProvider(
        resource=Resource.create({"service.name": service_name}),
        sampler=ParentBased(TraceIdRatioBased(sample_ratio)),
        shutdown_on_exit=False,
    )
    processor = BatchSpanProcessor if is_batched else SimpleSpanProcessor
    provider.add_span_processor(processor(exporter))
    _State.provider, _State.tracer = provider, provider.get_tracer("switchboard")


def shutdown() -> None:
    """Export what is pending; gives up after 3 s."""
    provider = _State.provider
    _State.provider, _State.tracer = None, None
    if provider is not None:
        # The SDK waits for a collector that does not answer far longer than a process may.
        closing = threading.Thread(target=provider.shutdown, daemon=True)
        closing.start()
        closing.join(FLUSH_TIMEOUT_S)


def is_sampled(traceparent: str | None) -> bool:
    """Whether a well-formed `traceparent` asks for spans."""
    return (
        traceparent is not None
        and len(traceparent) == _SAMPLED_LENGTH
        and traceparent[-1] in "13579bdf"
    )


@contextmanager
def start_trace(
    name: SpanName,
    *,
    traceparent: str | None = None,
    kind: SpanKind = SpanKind.SERVER,
    attributes: Attributes | None = None,
) -> Iterator[str | None]:
    """The edge's span: decides whether this trace is sampled, unless the caller's did already.

    Yields the `traceparent` to hand on; without tracing, the caller's own.
    """
    if _State.tracer is None:
        yield traceparent
        return
    parent = _context_of(traceparent) if traceparent else None
    context = trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None
    opened = _State.tracer.start_span(
        name.value, context=context, kind=kind, attributes=_plain(attributes)
    )
    with _ended(opened) as handed_on:
        yield handed_on


@contextmanager
def span(
    name: SpanName,
    *,
    traceparent: str | None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    links: Sequence[str] = (),
) -> Iterator[str | None]:
    """A span under `traceparent`; opens nothing unless that is sampled.

    Yields the `traceparent` to hand on, which is the given one when nothing was opened. `links`
    are further traceparents that this work belongs to.
    """
    parent = _context_of(traceparent) if is_sampled(traceparent) else None
    if _State.tracer is None or parent is None:
        yield traceparent
        return
    linked = [found for link in links if (found := _context_of(link))]
    opened = _State.tracer.start_span(
        name.value,
        context=trace.set_span_in_context(NonRecordingSpan(parent)),
        kind=kind,
        attributes=_plain(attributes),
        links=[Link(found) for found in linked],
    )
    with _ended(opened) as handed_on:
        yield handed_on


@contextmanager
def _ended(opened: Span) -> Iterator[str]:
    context = opened.get_span_context()
    trace_id = trace.format_trace_id(context.trace_id)
    span_id = trace.format_span_id(context.span_id)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=trace_id):
            yield f"00-{trace_id}-{span_id}-{context.trace_flags & TraceFlags.SAMPLED:02x}"
    except BaseException as error:
        # The kind only: a message may quote what it failed on.
        opened.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        opened.end()


def _plain(attributes: Attributes | None) -> dict[str, str | int | float | bool]:
    return {name.value: value for name, value in (attributes or {}).items()}


def _context_of(traceparent: str | None) -> SpanContext | None:
    try:
        version, trace_id, span_id, flags = (traceparent or "").split("-")
        context = SpanContext(
            trace_id=int(trace_id, 16),
            span_id=int(span_id, 16),
            is_remote=True,
            trace_flags=TraceFlags(int(flags, 16)),
        )
    except ValueError:
        return None
    return context if version == "00" and context.is_valid else None
