"""Erlang-A against published figures, other formulas and its own limits."""

from math import exp, factorial

import pytest

from benchmarks.call_center.erlang_a import ErlangA

PUBLISHED = ErlangA(agents=50, arrivals=48 / 60, services=1 / 60, hang_ups=1 / 120)


def test_the_published_example_comes_out() -> None:
    """Garnett, Mandelbaum and Reiman 2002: 50 agents, 48 calls a minute, patience two minutes."""
    assert PUBLISHED.abandonment == pytest.approx(0.031, abs=0.0005)
    assert PUBLISHED.mean_wait_s == pytest.approx(3.7, abs=0.05)
    assert PUBLISHED.waiting == pytest.approx(3, abs=0.05)
    assert PUBLISHED.occupancy == pytest.approx(0.93, abs=0.005)
    assert PUBLISHED.wait_tail(12.5) == pytest.approx(0.1, abs=0.002)


def test_without_hang_ups_it_is_erlang_c() -> None:
    """The published figures of the same centre with endless patience: 20.8 s, 17 waiting."""
    endless = ErlangA(agents=50, arrivals=48 / 60, services=1 / 60, hang_ups=0)
    load = 48.0
    served = sum(load**k / factorial(k) for k in range(50))
    last = load**50 / factorial(50) * 50 / (50 - load)

    assert endless.wait_probability == pytest.approx(last / (served + last))
    assert endless.mean_wait_s == pytest.approx(20.8, abs=0.05)
    assert endless.waiting == pytest.approx(17, abs=0.5)
    tail = endless.wait_probability * exp(-(50 - load) / 60 * 30)
    assert endless.wait_tail(30) == pytest.approx(tail, rel=1e-6)


def test_patience_as_short_as_talks_makes_it_poisson() -> None:
    """With theta equal to mu every call inside leaves at one rate: M/M/infinity."""
    queue = ErlangA(agents=5, arrivals=4, services=1, hang_ups=1)
    fewer = sum(exp(-4) * 4**k / factorial(k) for k in range(5))

    assert queue.wait_probability == pytest.approx(1 - fewer)


@pytest.mark.parametrize("agents", [1, 7, 50, 400])
@pytest.mark.parametrize("load", [0.3, 0.9, 1.0, 1.4, 3.0])
def test_two_ways_to_each_result_agree(agents: int, load: float) -> None:
    """States by recursion, offered wait by its density, one class by sums: all say the same."""
    queue = ErlangA(agents=agents, arrivals=agents * load / 180, services=1 / 180, hang_ups=1 / 400)
    carried = queue.arrivals * (1 - queue.abandonment)
    busy = sum(min(k, agents) * exp(one) for k, one in enumerate(queue.log_states))
    of_all = queue.for_rate(queue.hang_ups)

    assert carried == pytest.approx(busy * queue.services, rel=1e-9)
    assert of_all.abandonment == pytest.approx(queue.abandonment, rel=1e-9, abs=1e-15)
    assert of_all.mean_wait_s == pytest.approx(queue.mean_wait_s, rel=1e-9, abs=1e-12)
    assert queue.wait_tail(0) == pytest.approx(queue.wait_probability, rel=1e-5, abs=1e-12)


def test_the_tail_adds_up_to_the_mean_wait() -> None:
    """The area under the tail is the mean."""
    area = sum(PUBLISHED.wait_tail(half + 0.25) * 0.5 for half in (n / 2 for n in range(240)))

    assert area == pytest.approx(PUBLISHED.mean_wait_s, rel=1e-3)


def test_without_agents_everybody_hangs_up_in_the_end() -> None:
    """A closed desk: the wait is the patience."""
    closed = ErlangA(agents=0, arrivals=0.01, services=1 / 180, hang_ups=1 / 400)

    assert closed.abandonment == pytest.approx(1)
    assert closed.mean_wait_s == pytest.approx(400)
    assert closed.for_rate(1 / 100).mean_wait_s == pytest.approx(100)
    assert closed.wait_tail(400) == pytest.approx(exp(-1))


def test_the_patient_wait_longer_and_hang_up_less() -> None:
    """Of two classes in one queue."""
    patient, impatient = PUBLISHED.for_rate(1 / 600), PUBLISHED.for_rate(1 / 30)

    assert patient.mean_wait_s > impatient.mean_wait_s
    assert patient.abandonment < impatient.abandonment


@pytest.mark.parametrize(
    ("agents", "arrivals", "services", "hang_ups"),
    [(-1, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, -1), (2, 2, 1, 0)],
)
def test_what_is_no_queue_is_refused(
    agents: int, arrivals: float, services: float, hang_ups: float
) -> None:
    """Rates below zero, and a queue that would grow for ever."""
    with pytest.raises(ValueError, match=r"not a queue|no steady state"):
        ErlangA(agents=agents, arrivals=arrivals, services=services, hang_ups=hang_ups)
