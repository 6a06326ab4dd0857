"""How records of each topic are read."""

from dataclasses import replace

import pytest

from libs.common.contracts.records import headers_of
from libs.common.decision_log import LogContradictionError, LogPosition
from libs.common.errors import UnprocessableError
from services.history.readers import CUSTOMER_EVENTS, DECISIONS, Reading
from tests.unit.services.history.builders import START_MS, TRACEPARENT, message, opened
from tests.unit.services.history.logs import (
    customer_record,
    decided,
    epoch,
    log_of,
    log_of_decisions,
    order_event,
)


def fresh() -> Reading:
    """Nothing was read yet."""
    return Reading(position=LogPosition())


def test_counted_records_take_effect() -> None:
    """Their entries are kept under the engine's time, and the position follows."""
    reading = fresh()

    for record in log_of_decisions([[opened()], [message()]]):
        DECISIONS.read(reading, record)

    assert [entry.kind for entry in reading.writes.entries.values()] == [
        "conversation_opened",
        "message",
    ]
    assert [entry.appended_ms for entry in reading.writes.entries.values()] == [
        START_MS + 1,
        START_MS + 2,
    ]
    assert (reading.position.offset, reading.position.number) == (2, 2)


def test_void_records_change_nothing_even_when_they_are_garbage() -> None:
    """A frozen owner's records, holes and strangers' records are passed without decoding."""
    reading = fresh()
    log = log_of(epoch(), decided(1, opened()), decided(3, message()), epoch("m"), decided(1))
    log[2] = replace(log[2], value=b"\xff")
    log.append(replace(log[1], offset=5, headers=()))

    for record in log[:4] + log[5:]:
        DECISIONS.read(reading, record)

    assert len(reading.writes.entries) == 1
    assert reading.position.offset == 5


def test_counted_record_that_cannot_be_read_is_refused() -> None:
    """It goes to the dead letters; the position stays before it."""
    reading = fresh()
    log = log_of_decisions([[opened()]])
    DECISIONS.read(reading, log[0])

    with pytest.raises(UnprocessableError):
        DECISIONS.read(reading, replace(log[1], value=b"{"))

    assert reading.position.offset == 0


def test_record_that_is_not_what_its_headers_say_is_refused() -> None:
    """Headers of a decision record around something else."""
    reading = fresh()
    log = log_of_decisions([[opened()]])
    DECISIONS.read(reading, log[0])

    with pytest.raises(UnprocessableError):
        DECISIONS.read(reading, replace(log[1], value=log[0].value))


def test_skipped_record_keeps_its_place() -> None:
    """What follows a dead letter still counts."""
    reading = fresh()
    log = log_of_decisions([[opened()], [message()]])
    DECISIONS.read(reading, log[0])

    DECISIONS.skip(reading, replace(log[1], value=b"{"))
    DECISIONS.read(reading, log[2])

    assert [entry.kind for entry in reading.writes.entries.values()] == ["message"]


def test_log_that_contradicts_itself_stops_the_reader() -> None:
    """A counted record that repeats an event is nobody's to repair."""
    reading = fresh()
    contradiction = replace(decided(2), event_offset=0)
    log = log_of(epoch(), decided(1), contradiction)
    for record in log[:2]:
        DECISIONS.read(reading, record)

    with pytest.raises(LogContradictionError):
        DECISIONS.read(reading, log[2])


def test_sampled_records_are_remembered_for_their_spans() -> None:
    """Others cost nothing."""
    reading = fresh()
    sampled = replace(decided(1, opened()), traceparent=TRACEPARENT)
    unsampled = replace(decided(2, message()), traceparent=TRACEPARENT[:-1] + "0")

    for record in log_of(epoch(), sampled, unsampled):
        DECISIONS.read(reading, record)

    assert [(record.offset, trace) for record, trace in reading.sampled] == [(1, TRACEPARENT)]
    assert ("traceparent", TRACEPARENT.encode()) in headers_of(sampled)


def test_customer_event_takes_effect() -> None:
    """Its position uses the broker's append time."""
    reading = fresh()

    CUSTOMER_EVENTS.read(reading, customer_record(order_event(), offset=4))

    (entry,) = reading.writes.entries.values()
    assert entry.entry_id == "event/order-1"
    assert entry.appended_ms == START_MS + 4
    assert reading.position.offset == 4


@pytest.mark.parametrize("value", [None, b"", b"\xff\xfe", b"{}", b"[]", b'{"specversion":"1.0"}'])
def test_what_is_no_customer_event_is_refused(value: bytes | None) -> None:
    """Poison never gets in."""
    reading = fresh()

    with pytest.raises(UnprocessableError):
        CUSTOMER_EVENTS.read(reading, customer_record(value))

    assert not reading.writes.entries
    assert reading.position == LogPosition()


def test_skipped_customer_event_is_passed() -> None:
    """The position moves on without it."""
    reading = fresh()

    CUSTOMER_EVENTS.skip(reading, customer_record(b"{", offset=2))

    assert reading.position.offset == 2
    assert not reading.writes.entries
