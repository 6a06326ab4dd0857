"""A rate with a burst, and never more."""

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.token_bucket import TokenBucket


def bucket() -> TokenBucket:
    """Ten at once, two a second, as of second 100."""
    return TokenBucket.full(rate_per_s=2, burst=10, now_s=100)


def test_full_bucket_gives_its_burst_at_once_and_no_more() -> None:
    """Ten, and the eleventh waits half a second."""
    full = bucket()

    taken = [full.take(1, 100) for _ in range(11)]

    assert taken == [True] * 10 + [False]
    assert full.wait_s(100) == 0.5
    assert full.wait_s(100.5) == 0


def test_refused_take_takes_nothing() -> None:
    """Who wanted too much at once leaves the tokens for others."""
    full = bucket()

    assert not full.take(11, 100)
    assert full.take(10, 100)


def test_clock_that_stands_still_or_goes_back_gives_nothing() -> None:
    """Nothing is gained twice for the same second."""
    empty = bucket()
    empty.take(10, 100)

    assert empty.available(101) == 2
    assert empty.available(99) == 2
    assert empty.available(101) == 2


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 6)), max_size=60))
def test_nobody_ever_takes_more_than_burst_and_rate(asked: list[tuple[float, int]]) -> None:
    """In any time from the beginning on: at most the burst and the rate times the seconds."""
    full, now_s, taken = bucket(), 100.0, 0

    for pause_s, count in asked:
        now_s += pause_s
        taken += count if full.take(count, now_s) else 0
        assert taken <= 10 + 2 * (now_s - 100) + 1e-6
