"""Many promises that fall due together: each told once, and no more work for each than for few."""

import pytest

from benchmarks.clocks.case import Case, MiscountError, _check, run
from benchmarks.engine.growth import check_growth

DUE = 200
SMALL = Case(clocks=400, due=DUE // 5)
BIG = Case(clocks=2_000, due=DUE)


def test_five_times_the_clocks_are_not_more_work_for_each() -> None:
    """Counted, so it holds on any machine; each of what is due fires once, and not before."""
    small = run(SMALL)
    big = run(BIG)

    check_growth(small.work_per_step, big.work_per_step)
    for late_ms in big.late_ms.values():
        assert len(late_ms) == DUE
        assert min(late_ms) >= 0


def test_what_fires_twice_or_never_is_an_error() -> None:
    """A figure about firings that are not those that were due means nothing."""
    with pytest.raises(MiscountError):
        _check({"at risk": [1, 2], "breached": [1, 2], "escalated": [1]}, 2)
