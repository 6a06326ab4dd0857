"""What is measured and traced of a batch."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from libs.common import telemetry
from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.decision_log import LogPosition
from libs.common.errors import UnavailableError
from services.history.observation import observed
from services.history.readers import DECISIONS, Reading
from tests.unit.services.history.builders import TRACEPARENT, opened
from tests.unit.services.history.logs import log_of_decisions

LOG = log_of_decisions([[opened()]])


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What was exported."""
    exporter = InMemorySpanExporter()
    telemetry.configure_tracing("history", exporter, is_batched=False)
    yield exporter
    telemetry.configure_tracing("history", None)


def reading(*, sampled: bool = False) -> Reading:
    """The log, read."""
    done = Reading(position=LogPosition())
    for record in LOG:
        DECISIONS.read(done, record)
    if sampled:
        done.sampled.append((LOG[1], TRACEPARENT))
    return done


def metric(name: str, **labels: str) -> float:
    """The metric's value now."""
    return REGISTRY.get_sample_value(name, labels) or 0


def test_written_entries_are_counted_once_the_write_succeeded() -> None:
    """By origin, and the batch by its topic."""
    entries = metric("switchboard_history_entries_total", origin="routing")
    batches = metric("switchboard_history_batch_records_count", topic=ROUTING_DECISIONS)

    with observed(LOG, reading()):
        pass

    assert metric("switchboard_history_entries_total", origin="routing") == entries + 1
    assert metric("switchboard_history_batch_records_count", topic=ROUTING_DECISIONS) == batches + 1


def test_failed_write_counts_nothing() -> None:
    """It will be repeated, and counted then."""
    entries = metric("switchboard_history_entries_total", origin="routing")

    with pytest.raises(UnavailableError), observed(LOG, reading()):
        raise UnavailableError("away")

    assert metric("switchboard_history_entries_total", origin="routing") == entries


def test_sampled_record_gets_a_span_under_its_trace(spans: InMemorySpanExporter) -> None:
    """The timeline write is part of the one trace; the span names no customer."""
    with observed(LOG, reading(sampled=True)):
        pass

    (span,) = spans.get_finished_spans()
    assert span.name == "history.write"
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == "a" * 32
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "b" * 16


def test_unsampled_records_get_no_span(spans: InMemorySpanExporter) -> None:
    """They cost nothing."""
    with observed(LOG, reading()):
        pass

    assert not spans.get_finished_spans()


def test_nothing_read_is_nothing_measured() -> None:
    """A batch of repeats leaves no figure."""
    batches = metric("switchboard_history_batch_records_count", topic=ROUTING_DECISIONS)

    with observed([], Reading(position=LogPosition())):
        pass

    assert metric("switchboard_history_batch_records_count", topic=ROUTING_DECISIONS) == batches
