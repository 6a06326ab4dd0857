"""Erlang-A over the half hours of a month."""

import pytest

from benchmarks.call_center.calls import CustomerClass
from benchmarks.call_center.erlang_a import ErlangA
from benchmarks.call_center.intervals import expect, of_like_days, separate, total
from benchmarks.call_center.outcomes import HALF_HOUR_MS
from benchmarks.call_center.staffing import Staffing
from benchmarks.call_center.survival import Survival
from benchmarks.call_center.workload import Workload
from tests.unit.benchmarks.call_center.builders import a_caller, a_shift


def _workload(agents: list[tuple[int, int]]) -> Workload:
    """Eighteen callers in the first half hour, 100 s of handling each."""
    callers = [a_caller(f"{n}", arrives_ms=n * 100_000, handling_ms=100_000) for n in range(18)]
    shifts = tuple(a_shift(f"agent-{n}", *span) for n, span in enumerate(agents))
    endless = Survival(times_ms=(), shares=(), rate_per_ms=1 / 200_000)
    return Workload(
        callers=tuple(callers),
        staffing=Staffing(shifts=shifts, skills={}, wrap_up_ms={}),
        patience=dict.fromkeys(CustomerClass, endless),
    )


def _queue(agents: int) -> ErlangA:
    return ErlangA(agents=agents, arrivals=0.01, services=0.01, hang_ups=0.005)


def test_a_half_hour_is_a_queue_of_its_agents_and_calls() -> None:
    """Two agents throughout, one call every 100 s."""
    (interval,) = expect(_workload([(0, HALF_HOUR_MS)] * 2))
    everybody = total([interval])[None]

    assert (interval.slot, interval.agents, everybody.calls) == (0, 2, 18)
    assert everybody.wait_s == pytest.approx(18 * _queue(2).mean_wait_s)
    assert everybody.abandoned == pytest.approx(18 * _queue(2).abandonment)
    assert everybody.waited == pytest.approx(18 * _queue(2).wait_probability)


def test_half_an_agent_lies_between_two_whole_ones() -> None:
    """Two agents, one of them for half the time."""
    (interval,) = expect(_workload([(0, HALF_HOUR_MS), (0, HALF_HOUR_MS // 2)]))
    mean_s = (_queue(1).mean_wait_s + _queue(2).mean_wait_s) / 2

    assert interval.agents == 1.5
    assert total([interval])[None].wait_s == pytest.approx(18 * mean_s)


def test_like_days_are_taken_together() -> None:
    """The month begins on a Friday; Sunday to Thursday are working days."""
    kinds = [of_like_days(day * 48 + 5) for day in range(8)]

    assert kinds == [
        ("friday", 5),
        ("saturday", 5),
        *[("working day", 5)] * 5,
        ("friday", 5),
    ]
    assert separate(2 * 48 + 5) != separate(3 * 48 + 5)
