"""How the records of each topic are read: judged, decoded and projected; nothing is kept here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from libs.common.contracts.records import DecisionRecord, decode_record, read_headers
from libs.common.contracts.wire import decode_event
from libs.common.decision_log import LogPosition, Verdict, judge
from libs.common.errors import UnprocessableError
from libs.common.kafka_records import Record
from libs.common.telemetry import is_sampled
from services.history.core.changes import Writes
from services.history.core.positions import Log, Place
from services.history.core.projection import entry_of, project


@dataclass(slots=True, kw_only=True)
class Reading:
    """What was read of one partition so far: the position after it, all that it changes, and the
    records whose traces want a span, each with its `traceparent`.
    """

    position: LogPosition
    writes: Writes = field(default_factory=Writes)
    sampled: list[tuple[Record, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReader:
    """How one topic is read. `read` takes a record's effects in, `skip` only passes it."""

    read: Callable[[Reading, Record], None]
    skip: Callable[[Reading, Record], None]


def read_decisions(reading: Reading, record: Record) -> None:
    """Judge a record of the decision log and, if it counts, take in what it changes.

    Raises UnprocessableError when it counts and can't be decoded, LogContradictionError when the
    log contradicts itself.
    """
    position, verdict = judge(reading.position, record.offset, read_headers(record.headers))
    if verdict is Verdict.COUNTS:
        decoded = decode_record(record.value)
        if not isinstance(decoded, DecisionRecord):
            raise UnprocessableError("record is not what its headers say")
        place = Place(
            log=Log.DECISIONS,
            partition=record.partition,
            offset=record.offset,
            appended_ms=decoded.now_ms,
        )
        project(decoded, place, reading.writes)
        _trace(reading, record, decoded.traceparent)
    reading.position = position


def skip_decisions(reading: Reading, record: Record) -> None:
    """Judge a record that goes to the dead letters: it keeps its place and changes nothing."""
    headers = read_headers(record.headers)
    reading.position, _ = judge(reading.position, record.offset, headers)


def read_customer_event(reading: Reading, record: Record) -> None:
    """Take a customer event in. Raises UnprocessableError when it is none."""
    event = decode_event(record.value)
    place = Place(
        log=Log.CUSTOMER_EVENTS,
        partition=record.partition,
        offset=record.offset,
        appended_ms=record.timestamp_ms,
    )
    reading.writes.add_entry(entry_of(event, place))
    _trace(reading, record, event.traceparent)
    skip_customer_event(reading, record)


def skip_customer_event(reading: Reading, record: Record) -> None:
    """Pass a record of the customers' topic."""
    reading.position = replace(reading.position, offset=record.offset)


def _trace(reading: Reading, record: Record, traceparent: str | None) -> None:
    if traceparent is not None and is_sampled(traceparent):
        reading.sampled.append((record, traceparent))


DECISIONS = TopicReader(read=read_decisions, skip=skip_decisions)
CUSTOMER_EVENTS = TopicReader(read=read_customer_event, skip=skip_customer_event)
