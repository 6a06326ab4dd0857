"""Which records of the decision log count: the one reader's rule, used by the router and by all
who read it.

The log is the arbiter. A record counts if and only if its epoch is the offset of the latest
`EpochStarted` before it and its number is the last counted one of that epoch plus one; after a
hole the rest of the epoch is void. A reader must remember its `LogPosition` together with its
effects and resume with all of it; without memory it counts nothing before the first `EpochStarted`
that it meets. (docs/adr: the decision log's protocol.)
"""

from dataclasses import replace
from enum import StrEnum

from libs.common.contracts.records import RecordHeader, RecordKind
from libs.common.values import value


class Verdict(StrEnum):
    """What a record is to every reader alike."""

    EPOCH = "epoch"
    COUNTS = "counts"
    ATTEMPT = "attempt"
    VOID = "void"


class LogContradictionError(Exception):
    """The counted records contradict each other: the protocol was broken. Stop and page."""


@value
class LogPosition:
    """A reader's memory: the last record it judged and what it needs to judge the next.

    `event_offset` is that of the last counted record; `epochs_since` counts the epochs that began
    and `attempts` the attempts that were announced since then.
    """

    offset: int = -1
    epoch: int = -1
    number: int = 0
    event_offset: int = -1
    now_ms: int = 0
    epochs_since: int = 0
    attempts: int = 0

    @property
    def has_memory(self) -> bool:
        """Whether an `EpochStarted` was met: before that nothing counts."""
        return self.epoch >= 0


def judge(
    position: LogPosition, offset: int, header: RecordHeader | None
) -> tuple[LogPosition, Verdict]:
    """Judge the record at `offset`; returns the reader's next memory and the verdict.

    Raises LogContradictionError when a record that counts skips or repeats an event, or when
    time goes back: one check that catches most breaches of the protocol.
    """
    if offset <= position.offset:
        raise LogContradictionError(f"offset {offset} read after {position.offset}")
    if header is None:
        return replace(position, offset=offset), Verdict.VOID
    if header.kind is RecordKind.EPOCH:
        started = position.epochs_since + 1
        return (
            replace(position, offset=offset, epoch=offset, number=0, epochs_since=started),
            Verdict.EPOCH,
        )
    if header.epoch > position.epoch and position.has_memory:
        raise LogContradictionError(
            f"record {offset} is of epoch {header.epoch}, which never began"
        )
    if (
        not position.has_memory
        or header.epoch != position.epoch
        or header.number != position.number + 1
    ):
        return replace(position, offset=offset), Verdict.VOID
    _check_continues(position, offset, header)
    if header.kind is RecordKind.ATTEMPT:
        tried = position.attempts + 1
        attempted = replace(
            position, offset=offset, number=header.number, now_ms=header.now_ms, attempts=tried
        )
        return attempted, Verdict.ATTEMPT
    # Nearly every record comes here, and `replace` costs several times as much.
    counted = LogPosition(
        offset=offset,
        epoch=position.epoch,
        number=header.number,
        event_offset=header.event_offset,
        now_ms=header.now_ms,
    )
    return counted, Verdict.COUNTS


def _check_continues(position: LogPosition, offset: int, header: RecordHeader) -> None:
    """A reader that joined late does not know the first event offset; from then on n, n+1."""
    if position.event_offset >= 0 and header.event_offset != position.event_offset + 1:
        raise LogContradictionError(
            f"record {offset} counts for event {header.event_offset},"
            f" expected {position.event_offset + 1}"
        )
    if header.now_ms < position.now_ms:
        raise LogContradictionError(
            f"record {offset} goes back in time: {header.now_ms} after {position.now_ms} ms"
        )
