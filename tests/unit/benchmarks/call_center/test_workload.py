"""Callers of the replay from calls of the log."""

from benchmarks.call_center.calls import CustomerClass
from benchmarks.call_center.workload import make_workload
from tests.unit.benchmarks.call_center.builders import a_call, abandoned

CALLS = [
    a_call("p-answered", customer_class=CustomerClass.PREFERRED, wait_ms=20_000),
    abandoned("p-gone", customer_class=CustomerClass.PREFERRED, arrives_ms=1, wait_ms=90_000),
    a_call("o-answered", arrives_ms=2, call_type="nw"),
    abandoned("o-gone", arrives_ms=3, call_type="nw", wait_ms=40_000),
    abandoned("u-gone", customer_class=CustomerClass.UNIDENTIFIED, arrives_ms=4, wait_ms=7_000),
    a_call("unknown", customer_class=None, arrives_ms=5, call_type="nw", wait_ms=0),
]


def test_what_the_log_knows_is_taken_as_it_is() -> None:
    """Arrivals, types, classes, and the patience of whoever ran out of it."""
    callers = {caller.call_id: caller for caller in make_workload(CALLS).callers}

    assert [caller.arrives_ms for caller in callers.values()] == [0, 1, 2, 3, 4, 5]
    assert callers["p-gone"].patience_ms == 90_000
    assert callers["p-gone"].customer_class is CustomerClass.PREFERRED
    assert callers["o-gone"].call_type == "nw"


def test_the_answered_would_have_waited_longer_than_they_did() -> None:
    """By their own class: preferred callers hung up at 90 s here, ordinary ones at 40."""
    callers = {caller.call_id: caller for caller in make_workload(CALLS).callers}

    assert callers["p-answered"].patience_ms >= 90_000
    assert callers["o-answered"].patience_ms >= 40_000


def test_an_unknown_class_is_drawn_from_those_of_the_type_who_waited() -> None:
    """All who called about this and waited were ordinary."""
    callers = {caller.call_id: caller for caller in make_workload(CALLS).callers}

    assert callers["unknown"].customer_class is CustomerClass.ORDINARY


def test_the_same_seed_gives_the_same_callers() -> None:
    """And another one others."""
    more = [abandoned(f"more-{n}", wait_ms=n * 9_000, arrives_ms=9 + n) for n in range(5, 20)]

    first, again = make_workload(CALLS + more), make_workload(CALLS + more)
    other = make_workload(CALLS + more, seed=2)

    assert first.callers == again.callers
    assert first.callers != other.callers
