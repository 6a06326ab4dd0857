"""Traces: sampled once at the edge, carried by hand, free when not sampled."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.common import telemetry
from libs.common.telemetry import Attribute, SpanKind, SpanName

SAMPLED = f"00-{'a' * 32}-{'b' * 16}-01"
NOT_SAMPLED = f"00-{'a' * 32}-{'b' * 16}-00"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Everything is sampled and kept in memory."""
    memory = InMemorySpanExporter()
    telemetry.configure_tracing("test", memory, is_batched=False)
    yield memory
    telemetry.configure_tracing("test", None)


def test_one_trace_runs_from_the_edge_to_the_end(exporter: InMemorySpanExporter) -> None:
    """Each span's parent is the one whose traceparent it was given."""
    with telemetry.start_trace(
        SpanName.INGEST_RECEIVE, attributes={Attribute.CHANNEL: "email"}
    ) as at_edge:
        pass
    with telemetry.span(
        SpanName.ROUTER_DECIDE, traceparent=at_edge, kind=SpanKind.CONSUMER
    ) as at_router:
        pass
    with telemetry.span(SpanName.NOTIFIER_PUSH, traceparent=at_router):
        pass

    edge, decide, push = exporter.get_finished_spans()

    assert len({span.context.trace_id for span in (edge, decide, push)}) == 1
    assert decide.parent is not None
    assert push.parent is not None
    assert decide.parent.span_id == edge.context.span_id
    assert push.parent.span_id == decide.context.span_id
    assert (edge.name, edge.attributes) == ("ingest.receive", {"switchboard.channel": "email"})


@pytest.mark.parametrize("traceparent", [NOT_SAMPLED, None, "", "nonsense", SAMPLED + "0"])
def test_nothing_is_opened_without_a_sampled_parent(
    exporter: InMemorySpanExporter, traceparent: str | None
) -> None:
    """The given traceparent travels on as it is."""
    with telemetry.span(SpanName.HISTORY_WRITE, traceparent=traceparent) as handed_on:
        assert handed_on == traceparent

    assert exporter.get_finished_spans() == ()


def test_the_edge_follows_its_callers_decision(exporter: InMemorySpanExporter) -> None:
    """An integrator that traces sees our part in its own trace; one that doesn't, doesn't."""
    with telemetry.start_trace(SpanName.INGEST_RECEIVE, traceparent=SAMPLED) as sampled:
        pass
    with telemetry.start_trace(SpanName.INGEST_RECEIVE, traceparent=NOT_SAMPLED) as not_sampled:
        pass

    (span,) = exporter.get_finished_spans()

    assert f"{span.context.trace_id:032x}" == "a" * 32
    assert telemetry.is_sampled(sampled)
    assert not telemetry.is_sampled(not_sampled)


def test_ratio_of_zero_samples_nothing_but_names_the_trace() -> None:
    """The next service learns that the decision was no."""
    memory = InMemorySpanExporter()
    telemetry.configure_tracing("test", memory, sample_ratio=0, is_batched=False)

    with telemetry.start_trace(SpanName.INGEST_RECEIVE) as handed_on:
        assert handed_on is not None
        assert handed_on.endswith("-00")

    assert memory.get_finished_spans() == ()
    telemetry.configure_tracing("test", None)


def test_without_tracing_everything_passes_through() -> None:
    """No endpoint configured: no spans, and nothing breaks."""
    with telemetry.start_trace(SpanName.INGEST_RECEIVE, traceparent=SAMPLED) as at_edge:
        assert at_edge == SAMPLED
    with telemetry.span(SpanName.ROUTER_DECIDE, traceparent=SAMPLED) as at_router:
        assert at_router == SAMPLED


def test_links_name_the_other_traces(exporter: InMemorySpanExporter) -> None:
    """A batch belongs to several traces; a malformed one is left out."""
    other = f"00-{'c' * 32}-{'d' * 16}-01"

    with telemetry.span(SpanName.HISTORY_WRITE, traceparent=SAMPLED, links=[other, "nonsense"]):
        pass

    (span,) = exporter.get_finished_spans()
    assert [f"{link.context.trace_id:032x}" for link in span.links] == ["c" * 32]


def test_error_is_told_by_its_kind_alone(exporter: InMemorySpanExporter) -> None:
    """A span must not quote what the work failed on."""
    with (
        pytest.raises(KeyError),
        telemetry.span(SpanName.ROUTER_DECIDE, traceparent=SAMPLED),
    ):
        raise KeyError("CANARY")

    (span,) = exporter.get_finished_spans()
    assert span.status.description == "KeyError"
    assert "CANARY" not in span.to_json()


def test_shutdown_exports_what_is_pending() -> None:
    """The last spans of a process are not lost, and nothing is traced afterwards."""
    memory = InMemorySpanExporter()
    telemetry.configure_tracing("test", memory)
    with telemetry.start_trace(SpanName.INGEST_RECEIVE):
        pass

    telemetry.shutdown()

    assert len(memory.get_finished_spans()) == 1
    with telemetry.start_trace(SpanName.INGEST_RECEIVE) as handed_on:
        assert handed_on is None
