"""What the log proves about agents."""

from benchmarks.call_center.calls import LoggedCall
from benchmarks.call_center.staffing import infer_staffing
from tests.unit.benchmarks.call_center.builders import a_call, a_shift, abandoned


def _ann_twice(silent_ms: int, *others: LoggedCall) -> list[LoggedCall]:
    """Two calls of Ann's, the first over at 60 s, that long apart, without waits of their own."""
    calls = [
        a_call("first", wait_ms=0),
        a_call("second", wait_ms=0, arrives_ms=60_000 + silent_ms),
        *others,
    ]
    return sorted(calls, key=lambda call: call.arrives_ms)


def test_silence_while_nobody_waits_is_readiness() -> None:
    """Ann was there all the time, and only the ring belongs to the call."""
    staffing = infer_staffing(_ann_twice(600_000))

    assert staffing.shifts == (a_shift("ann", 0, 720_000),)
    assert staffing.wrap_up_ms == {"first": 5_000}


def test_a_short_silence_while_somebody_waits_is_wrap_up() -> None:
    """Until the last moment at which a caller waited, a minute after the talk."""
    waits = abandoned("waits", arrives_ms=70_000, wait_ms=50_000)

    staffing = infer_staffing(_ann_twice(200_000, waits))

    assert staffing.shifts == (a_shift("ann", 0, 320_000),)
    assert staffing.wrap_up_ms == {"first": 60_000}


def test_a_long_silence_while_somebody_waits_is_absence() -> None:
    """Ann is away until nobody waits any more."""
    waits = abandoned("waits", arrives_ms=400_000, wait_ms=50_000)

    staffing = infer_staffing(_ann_twice(600_000, waits))

    assert staffing.shifts == (a_shift("ann", 0, 60_000), a_shift("ann", 450_000, 720_000))


def test_a_wait_for_a_skill_that_the_agent_lacks_proves_nothing() -> None:
    """Ann never answers stock traders; one who waits says nothing about her."""
    trader = abandoned("trader", arrives_ms=70_000, wait_ms=50_000, call_type="ne")

    staffing = infer_staffing(_ann_twice(200_000, trader))

    assert staffing.skills == {"ann": frozenset({"ps"})}
    assert staffing.wrap_up_ms == {"first": 5_000}


def test_an_hour_of_silence_ends_the_shift() -> None:
    """Nobody waits for an agent who has gone home."""
    staffing = infer_staffing(_ann_twice(3_600_001))

    assert [(one.from_ms, one.to_ms) for one in staffing.shifts] == [
        (0, 60_000),
        (3_660_001, 3_720_001),
    ]
    assert staffing.agents_between(0, 120_000) == 0.5


def test_a_type_answered_by_accident_is_no_skill() -> None:
    """Five calls of a type are a skill, four are not."""
    calls = [a_call(f"ps-{n}", arrives_ms=n * 100_000) for n in range(5)]
    calls += [a_call(f"ne-{n}", arrives_ms=n * 100_000, call_type="ne") for n in range(4)]

    assert infer_staffing(calls).skills == {"ann": frozenset({"ps"})}
