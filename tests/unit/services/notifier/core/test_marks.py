"""Tests of how far back the durable copy is complete."""

from services.notifier.core.marks import MARK_INTERVAL_MS, Mark, kept_from, with_mark

DAY_MS = 24 * 3_600_000


def test_first_write_is_marked() -> None:
    """A copy that begins now is complete from there on."""
    marks = with_mark((), next_offset=0, now_ms=1_000, retention_ms=DAY_MS)

    assert marks == (Mark(0, 1_000),)
    assert kept_from(marks, next_offset=5, now_ms=2_000, retention_ms=DAY_MS) == 0


def test_marks_are_an_hour_apart() -> None:
    """Their number is bounded by the retention in hours."""
    marks = (Mark(0, 0),)

    soon = with_mark(marks, next_offset=9, now_ms=MARK_INTERVAL_MS - 1, retention_ms=DAY_MS)
    later = with_mark(marks, next_offset=9, now_ms=MARK_INTERVAL_MS, retention_ms=DAY_MS)

    assert soon == marks
    assert later == (*marks, Mark(9, MARK_INTERVAL_MS))


def test_what_is_older_than_the_retention_is_not_promised() -> None:
    """The oldest mark that is young enough says where the copy is complete."""
    marks = (Mark(0, 0), Mark(50, 2 * MARK_INTERVAL_MS))
    now_ms = DAY_MS + MARK_INTERVAL_MS

    assert kept_from(marks, next_offset=99, now_ms=now_ms, retention_ms=DAY_MS) == 50
    assert with_mark(marks, next_offset=99, now_ms=now_ms, retention_ms=DAY_MS) == (
        Mark(50, 2 * MARK_INTERVAL_MS),
        Mark(99, now_ms),
    )


def test_after_a_long_silence_only_the_end_is_promised() -> None:
    """Everything may have expired: only a reader at the end misses nothing."""
    silent_ms = 10 * DAY_MS

    assert kept_from((Mark(3, 0),), next_offset=7, now_ms=silent_ms, retention_ms=DAY_MS) == 7
