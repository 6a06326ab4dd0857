"""A bigger desk is not more work for each step: counted, so it holds on any machine."""

import pytest

from benchmarks.engine.case import Case, arrive, come_to_work, counted
from benchmarks.engine.growth import GrowthError, check_growth


def _counted(*, agents: int, waiting: int) -> dict[str, float]:
    """The work of a step in the first tenth of the time that anybody waits."""
    case = Case(
        agents=agents,
        profiles=10,
        waiting=waiting,
        rounds=0,
        counted_rounds=waiting // 10,
        queues=4,
        topics=1,
    )
    day = case.day()
    arrive(day, case)
    come_to_work(day, case)
    return counted(day, case)


def test_a_step_at_a_desk_four_times_as_big_is_not_more_work() -> None:
    """The smallest sizes that fill all lines; `make bench` asserts the same at full size."""
    small = _counted(agents=50, waiting=500)
    big = _counted(agents=200, waiting=2_000)

    assert small["deadlines"] > 1
    check_growth(small, big)


def test_work_that_grows_is_an_error_that_says_what_grew() -> None:
    """Twice the seats, and a third more altogether."""
    small = {"seats": 2.0, "deadlines": 3.0, "all": 5.0}
    big = {"seats": 4.0, "deadlines": 3.0, "all": 7.0}

    with pytest.raises(GrowthError, match=r"grows 1\.40 times: seats 2\.00 -> 4\.00"):
        check_growth(small, big)
