"""Patience from what was seen of it."""

import pytest

from benchmarks.call_center.survival import estimate_survival


def test_who_was_answered_counts_until_then() -> None:
    """Of four one hangs up at 10; one is answered at 15; of two left one hangs up at 20."""
    survival = estimate_survival([(10, True), (15, False), (20, True), (30, False)])

    assert survival.times_ms == (10, 20)
    assert survival.shares == pytest.approx((0.75, 0.375))
    assert [survival.share_after(at) for at in (0, 9, 10, 19, 20, 99)] == pytest.approx(
        [1, 1, 0.75, 0.75, 0.375, 0.375]
    )
    assert survival.rate_per_ms == pytest.approx(2 / 75)


def test_a_drawn_patience_follows_the_shares() -> None:
    """A quarter hangs up at 10, three eighths at 20, the rest later."""
    survival = estimate_survival([(10, True), (15, False), (20, True), (30, False)])

    assert survival.draw_ms(0.99, longer_than_ms=0) == 10
    assert survival.draw_ms(0.74, longer_than_ms=0) == 20
    assert survival.draw_ms(0.37, longer_than_ms=0) > 20


def test_a_drawn_patience_is_longer_than_the_wait_that_was_survived() -> None:
    """Whatever was drawn, the real caller was still there."""
    survival = estimate_survival([(10, True), (15, False), (20, True), (30, False)])

    drawn = [survival.draw_ms(n / 100, longer_than_ms=12) for n in range(1, 101)]

    assert min(drawn) == 20
    assert survival.draw_ms(1.0, longer_than_ms=500) > 500


def test_without_hang_ups_nothing_is_known() -> None:
    """An estimate needs at least one."""
    with pytest.raises(ValueError, match="nobody hung up"):
        estimate_survival([(10, False)])
