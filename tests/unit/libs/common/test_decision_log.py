"""The one reader's rule: which records of the decision log count."""

import pytest

from libs.common.contracts.records import RecordHeader, RecordKind
from libs.common.decision_log import LogContradictionError, LogPosition, Verdict, judge

EPOCH = RecordHeader(kind=RecordKind.EPOCH, nonce="n")


def _record(epoch: int, number: int, event_offset: int, now_ms: int = 0) -> RecordHeader:
    return RecordHeader(
        kind=RecordKind.DECISIONS,
        epoch=epoch,
        number=number,
        event_offset=event_offset,
        now_ms=now_ms,
    )


def _read(*headers: RecordHeader | None, position: LogPosition | None = None) -> list[Verdict]:
    position = position or LogPosition()
    verdicts = []
    for offset, header in enumerate(headers, start=position.offset + 1):
        position, verdict = judge(position, offset, header)
        verdicts.append(verdict)
    return verdicts


def test_records_of_the_latest_epoch_count_in_their_order() -> None:
    """Epoch and number are all that decides."""
    assert _read(EPOCH, _record(0, 1, 0), _record(0, 2, 1)) == [
        Verdict.EPOCH,
        Verdict.COUNTS,
        Verdict.COUNTS,
    ]


def test_a_frozen_owners_records_are_void() -> None:
    """Whoever writes under an older epoch can write what it likes."""
    verdicts = _read(EPOCH, _record(0, 1, 0), EPOCH, _record(0, 2, 1), _record(2, 1, 1))

    assert verdicts[3:] == [Verdict.VOID, Verdict.COUNTS]


def test_after_a_hole_the_rest_of_the_epoch_is_void() -> None:
    """A number that never landed ends the epoch for everyone."""
    verdicts = _read(EPOCH, _record(0, 1, 0), _record(0, 3, 2), _record(0, 4, 3))

    assert verdicts[2:] == [Verdict.VOID, Verdict.VOID]


def test_a_reader_without_memory_counts_nothing_before_an_epoch() -> None:
    """On a log whose start is gone nobody knows what the first records are worth."""
    verdicts = _read(_record(7, 3, 9), EPOCH, _record(1, 1, 10))

    assert verdicts == [Verdict.VOID, Verdict.EPOCH, Verdict.COUNTS]


def test_a_record_that_nobody_of_ours_wrote_is_void() -> None:
    """Foreign records on the topic have no headers that we know."""
    assert _read(EPOCH, None)[1] is Verdict.VOID


def test_an_attempt_counts_without_deciding_its_event() -> None:
    """The event still leaves exactly one record of decisions."""
    attempt = RecordHeader(kind=RecordKind.ATTEMPT, epoch=0, number=1, event_offset=0)

    assert _read(EPOCH, attempt, _record(0, 2, 0)) == [
        Verdict.EPOCH,
        Verdict.ATTEMPT,
        Verdict.COUNTS,
    ]


def test_the_memory_tells_how_often_an_event_was_tried() -> None:
    """Epochs since the last counted record, and attempts that were announced."""
    attempt = RecordHeader(kind=RecordKind.ATTEMPT, epoch=1, number=1, event_offset=0)
    position = LogPosition()
    for offset, header in enumerate((EPOCH, EPOCH, attempt)):
        position, _ = judge(position, offset, header)

    assert (position.epochs_since, position.attempts) == (2, 1)
    position, _ = judge(position, 3, _record(1, 2, 0))
    assert (position.epochs_since, position.attempts) == (0, 0)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        (_record(0, 2, 2), "expected 1"),
        (_record(0, 2, 0), "expected 1"),
        (_record(0, 2, 1, now_ms=4), "goes back in time"),
        (_record(9, 1, 1), "never began"),
    ],
)
def test_counted_records_that_contradict_each_other_stop_the_reader(
    header: RecordHeader, complaint: str
) -> None:
    """One check catches most breaches of the protocol, live."""
    position = LogPosition()
    for offset, earlier in enumerate((EPOCH, _record(0, 1, 0, now_ms=5))):
        position, _ = judge(position, offset, earlier)

    with pytest.raises(LogContradictionError, match=complaint):
        judge(position, 2, header)


def test_an_offset_is_never_read_twice() -> None:
    """A reader that goes back has lost its memory."""
    position, _ = judge(LogPosition(), 0, EPOCH)

    with pytest.raises(LogContradictionError, match="read after"):
        judge(position, 0, EPOCH)
