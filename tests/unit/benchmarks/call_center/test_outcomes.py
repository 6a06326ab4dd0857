"""Sums over callers."""

from math import isnan

import pytest

from benchmarks.call_center.calls import CustomerClass, Fate
from benchmarks.call_center.outcomes import by_class, summarise, wait_by_slot


def _fate(wait_s: int, *, agent_id: str | None = "ann", arrives_ms: int = 0) -> Fate:
    return Fate(
        call_id=f"{arrives_ms}-{wait_s}",
        customer_class=CustomerClass.ORDINARY,
        arrives_ms=arrives_ms,
        wait_ms=wait_s * 1_000,
        agent_id=agent_id,
    )


def test_all_count_and_those_who_waited_count_again() -> None:
    """One is answered at once, one after ten seconds, one hangs up after twenty."""
    seen = summarise([_fate(0), _fate(10), _fate(20, agent_id=None)])

    assert (seen.calls, seen.mean_wait_s, seen.mean_wait_of_waiters_s) == (3, 10, 15)
    assert (seen.abandoned, seen.abandoned_of_waiters) == pytest.approx((1 / 3, 1 / 2))
    assert seen.waited == pytest.approx(2 / 3)


def test_a_class_without_callers_has_no_figures() -> None:
    """Nothing is made up for it."""
    seen = by_class([_fate(10)])

    assert seen[CustomerClass.ORDINARY] == seen[None]
    assert isnan(seen[CustomerClass.PREFERRED].mean_wait_s)


def test_the_day_is_cut_into_half_hours() -> None:
    """Whichever day it was."""
    day_ms, half_hour_ms = 86_400_000, 1_800_000
    fates = [_fate(10), _fate(20, arrives_ms=day_ms), _fate(6, arrives_ms=half_hour_ms)]

    assert wait_by_slot(fates) == {0: 15, 1: 6}
