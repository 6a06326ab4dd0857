"""What is measured and traced of each batch that is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from libs.common import clock, metrics, telemetry
from libs.common.kafka_records import Record
from libs.common.telemetry import Attribute, SpanKind, SpanName
from services.history.readers import Reading


@contextmanager
def observed(records: Sequence[Record], reading: Reading) -> Iterator[None]:
    """Around the write of these records: a span under each sampled one's trace, and the metrics
    once it has succeeded.
    """
    if not records:
        yield
        return
    began_s = clock.monotonic_s()
    with ExitStack() as spans:
        for record, traceparent in reading.sampled:
            spans.enter_context(_span(record, traceparent))
        yield
    topic = records[0].topic
    metrics.HISTORY_WRITE.labels(topic=topic).observe(clock.monotonic_s() - began_s)
    metrics.HISTORY_BATCH.labels(topic=topic).observe(len(records))
    # The oldest record of the batch waited longest: what is promised holds for it.
    age_ms = max(0, clock.now_ms() - records[0].timestamp_ms)
    metrics.HISTORY_AGE.labels(topic=topic).observe(age_ms / 1000)
    origins = Counter(entry.origin.value for entry in reading.writes.entries.values())
    for origin, count in origins.items():
        metrics.HISTORY_ENTRIES.labels(origin=origin).inc(count)


@contextmanager
def _span(record: Record, traceparent: str) -> Iterator[None]:
    with telemetry.span(
        SpanName.HISTORY_WRITE,
        traceparent=traceparent,
        kind=SpanKind.CONSUMER,
        attributes={
            Attribute.TOPIC: record.topic,
            Attribute.PARTITION: str(record.partition),
            Attribute.OFFSET: record.offset,
        },
    ):
        yield
