"""The replay's order of things, and a whole synthetic centre beside Erlang-A."""

import pytest

from benchmarks.call_center.calls import Caller, CustomerClass, Fate
from benchmarks.call_center.erlang_a import ErlangA
from benchmarks.call_center.outcomes import by_class
from benchmarks.call_center.replay import Answer, Replay
from tests.unit.benchmarks.call_center.builders import a_caller, a_shift, random_callers
from tests.unit.benchmarks.call_center.reference_router import ReferenceRouter


def _told(fates: list[Fate]) -> list[tuple[str, int, str | None]]:
    return [(fate.call_id, fate.wait_ms, fate.agent_id) for fate in fates]


def test_a_caller_waits_until_the_agent_is_free() -> None:
    """The second caller has what the first talks."""
    callers = [a_caller("one"), a_caller("two", arrives_ms=4_000)]

    fates = Replay(callers, [a_shift("ann")], ReferenceRouter()).run()

    assert _told(fates) == [("one", 0, "ann"), ("two", 6_000, "ann")]


def test_whoever_becomes_free_in_time_meets_whoever_is_about_to_hang_up() -> None:
    """A patience that ends at the very moment is still met; a millisecond less is not."""
    patient = a_caller("two", patience_ms=10_000)
    impatient = a_caller("two", patience_ms=9_999)

    met = Replay([a_caller("one"), patient], [a_shift("ann")], ReferenceRouter()).run()
    missed = Replay([a_caller("one"), impatient], [a_shift("ann")], ReferenceRouter()).run()

    assert _told(met)[1] == ("two", 10_000, "ann")
    assert _told(missed)[1] == ("two", 9_999, None)


def test_an_agent_who_goes_finishes_the_call_and_takes_no_other() -> None:
    """The call lasts beyond the shift; the next caller waits in vain."""
    callers = [a_caller("one"), a_caller("two", arrives_ms=1_000, patience_ms=30_000)]

    fates = Replay(callers, [a_shift("ann", 0, 5_000)], ReferenceRouter()).run()

    assert _told(fates) == [("one", 0, "ann"), ("two", 30_000, None)]


def test_a_call_that_is_over_can_not_be_answered() -> None:
    """A router that gives away a caller who is gone is wrong, and the replay says so."""

    class Late(ReferenceRouter):
        def caller_hangs_up(self, call_id: str, *, now_ms: int) -> list[Answer]:
            del now_ms
            return [Answer(call_id, "ann")]

    with pytest.raises(ValueError, match="call one was over before ann got it"):
        Replay([a_caller("one")], [], Late()).run()


def test_a_head_start_goes_first() -> None:
    """A preferred caller who came a minute later is answered before an ordinary one."""
    callers = [
        a_caller("busy", handling_ms=70_000),
        a_caller("ordinary", arrives_ms=1_000, patience_ms=900_000),
        a_caller(
            "preferred",
            arrives_ms=61_000,
            customer_class=CustomerClass.PREFERRED,
            patience_ms=900_000,
        ),
    ]
    router = ReferenceRouter(credit_ms={CustomerClass.PREFERRED: 90_000})

    fates = Replay(callers, [a_shift("ann")], router).run()

    assert _told(fates)[1:] == [("ordinary", 79_000, "ann"), ("preferred", 9_000, "ann")]


def _synthetic() -> list[Caller]:
    return random_callers(40_000, arrivals=0.05, services=1 / 150, hang_ups=1 / 300, seed=5)


@pytest.mark.slow
def test_memoryless_callers_meet_what_erlang_a_says() -> None:
    """The whole pipeline against theory, at a load above one: 7 agents where 7.5 are needed."""
    callers = _synthetic()
    shifts = [a_shift(f"agent-{number}", to_ms=10**10) for number in range(7)]
    theory = ErlangA(agents=7, arrivals=0.05, services=1 / 150, hang_ups=1 / 300)

    seen = by_class(Replay(callers, shifts, ReferenceRouter()).run())[None]

    assert seen.waited == pytest.approx(theory.wait_probability, rel=0.05)
    assert seen.abandoned == pytest.approx(theory.abandonment, rel=0.05)
    assert seen.mean_wait_s == pytest.approx(theory.mean_wait_s, rel=0.05)
    assert theory.wait_tail(seen.p90_wait_s) == pytest.approx(0.1, rel=0.07)
