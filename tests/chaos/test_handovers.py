"""How long partitions stood still is read from the log, and laid at the right door."""

from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    LogRecord,
    encode_record,
    headers_of,
)
from tests.chaos.fleet import Mark
from tests.chaos.handovers import Handover, consequences, handovers
from tests.e2e.checker import RawRecord


def epoch(owner: str) -> LogRecord:
    """A takeover."""
    return EpochStarted(nonce=owner, owner=owner, engine_version="1", prior_epoch=-1)


def record(epoch_offset: int, number: int, event_offset: int) -> LogRecord:
    """A record without decisions."""
    return DecisionRecord(
        epoch=epoch_offset,
        number=number,
        event_offset=event_offset,
        event_id=str(event_offset),
        event_type="",
        now_ms=0,
        decisions=(),
    )


def log(*written: tuple[int, LogRecord]) -> list[RawRecord]:
    """A partition's records with their append times."""
    return [
        RawRecord(
            partition=0,
            offset=offset,
            key=None,
            value=encode_record(one),
            headers=tuple(headers_of(one)),
            time_ms=time_ms,
        )
        for offset, (time_ms, one) in enumerate(written)
    ]


def test_a_partition_stands_still_between_counted_records() -> None:
    """Void records and epochs that decided nothing do not shorten it."""
    found = handovers(
        log(
            (0, epoch("a")),
            (1_000, record(0, 1, 0)),
            (2_000, epoch("b")),
            (3_000, record(0, 2, 1)),
            (4_000, epoch("c")),
            (5_000, record(4, 1, 1)),
        )
    )

    assert found == [
        Handover(partition=0, from_owner="a", to_owner="c", began_ms=1_000, ended_ms=5_000)
    ]
    assert found[0].is_move
    assert found[0].stood_still_s == 4.0


def test_a_handover_belongs_to_what_was_done_last_before_it_began() -> None:
    """Also when the last record is a little older than the kill."""
    marks = [
        Mark(at_ms=at_ms, done=done, replica_id="a")
        for at_ms, done in ((1_000, "killed"), (9_000, "restarted"))
    ]
    handover = Handover(partition=0, from_owner="a", to_owner="b", began_ms=900, ended_ms=9_500)

    killed, restarted = consequences(marks, [handover])

    assert killed.handovers == (handover,)
    assert killed.until_decided_s(handover) == 8.5
    assert restarted.handovers == ()
