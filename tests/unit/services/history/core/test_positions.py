"""What the order of entries promises."""

from services.history.core.positions import POSITION_PATTERN, Log, Place, position_of


def place(ms: int, *, log: Log = Log.DECISIONS, partition: int = 0, offset: int = 0) -> Place:
    """A place in the log."""
    return Place(log=log, partition=partition, offset=offset, appended_ms=ms)


def test_positions_sort_by_time_then_log_then_partition_then_offset_then_number() -> None:
    """One total order over all partitions and both topics."""
    expected = [
        position_of(place(9), 0),
        position_of(place(10, log=Log.CUSTOMER_EVENTS, partition=5), 0),
        position_of(place(10, partition=1, offset=9), 0),
        position_of(place(10, partition=1, offset=10), 2),
        position_of(place(10, partition=1, offset=10), 10),
        position_of(place(10, partition=2), 0),
        position_of(place(1_700_000_000_000), 0),
    ]

    shuffled = expected[3:] + expected[:3]
    assert sorted(shuffled) == expected


def test_positions_have_one_form() -> None:
    """A cursor can tell a position from anything else."""
    written = position_of(
        place(1_700_000_000_000, log=Log.CUSTOMER_EVENTS, partition=999, offset=2**40), 511
    )

    assert POSITION_PATTERN.fullmatch(written)
