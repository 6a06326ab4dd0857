"""How far back the durable copy is complete.

Notifications disappear by age, silently. A mark says: what the records from `offset` on told was
written at `at_ms` or later. So everything behind a mark that is younger than the retention is
still there, and a cursor before the oldest such mark can't be served without a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MARK_INTERVAL_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything told from this offset on was written at `at_ms` (Unix milliseconds) or later."""

    offset: int
    at_ms: int


def with_mark(
    marks: Sequence[Mark], *, next_offset: int, now_ms: int, retention_ms: int
) -> tuple[Mark, ...]:
    """The marks to keep when the record at `next_offset` is about to be written."""
    kept = tuple(mark for mark in marks if mark.at_ms + retention_ms > now_ms)
    if kept and now_ms - kept[-1].at_ms < MARK_INTERVAL_MS:
        return kept
    return (*kept, Mark(next_offset, now_ms))


def kept_from(marks: Sequence[Mark], *, next_offset: int, now_ms: int, retention_ms: int) -> int:
    """The first offset from which on nothing has disappeared yet."""
    complete = [mark.offset for mark in marks if mark.at_ms + retention_ms > now_ms]
    return min(complete, default=next_offset)
