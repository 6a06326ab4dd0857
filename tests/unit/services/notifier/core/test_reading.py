"""Tests of reading the decision log by its own rule."""

import pytest

from libs.common.contracts.records import (
    AttemptStarted,
    EpochStarted,
    LogRecord,
    encode_record,
    headers_of,
)
from libs.common.decision_log import LogContradictionError, LogPosition
from services.notifier.core.reading import Reading, read
from tests.unit.services.notifier import builders as b

EPOCH = EpochStarted(nonce="n", owner="o", engine_version="1", prior_epoch=-1)


def read_at(position: LogPosition, offset: int, record: LogRecord) -> Reading:
    """Read this record at this offset."""
    return read(position, offset=offset, headers=headers_of(record), value=encode_record(record))


def after_epoch() -> LogPosition:
    """A reader that met the epoch's start at offset 0."""
    return read_at(LogPosition(), 0, EPOCH).position


def test_record_of_the_epoch_counts() -> None:
    """What the present owner publishes in order is read."""
    record = b.record(b.work_item_queued())

    reading = read_at(after_epoch(), 1, record)

    assert reading.record == record
    assert reading.position.offset == 1


def test_record_of_a_frozen_owner_is_void() -> None:
    """After a newer epoch the old owner's records have no effect and move the position."""
    newer = read_at(after_epoch(), 1, EPOCH).position

    reading = read_at(newer, 2, b.record(b.work_item_queued(), epoch=0))

    assert reading.record is None
    assert reading.position.offset == 2


def test_attempts_have_no_effects() -> None:
    """An announced attempt is counted by the reader's memory only."""
    attempt = AttemptStarted(epoch=0, number=1, event_offset=0, now_ms=0)

    assert read_at(after_epoch(), 1, attempt).record is None


def test_unreadable_record_that_counts_moves_the_position_and_is_told() -> None:
    """What comes behind it still counts; someone has to put it aside."""
    headers = headers_of(b.record())

    reading = read(after_epoch(), offset=1, headers=headers, value=b"{")

    assert reading.error is not None
    assert reading.position.number == 1


def test_record_must_be_what_its_headers_say() -> None:
    """Headers of a decision record over an epoch's start are unreadable, not an epoch."""
    headers = headers_of(b.record())

    reading = read(after_epoch(), offset=1, headers=headers, value=encode_record(EPOCH))

    assert reading.error is not None


def test_contradiction_stops_the_reader() -> None:
    """A counted record that skips an event means that the protocol was broken."""
    position = read_at(after_epoch(), 1, b.record()).position

    with pytest.raises(LogContradictionError):
        read_at(position, 2, b.record(number=2, event_offset=5))
