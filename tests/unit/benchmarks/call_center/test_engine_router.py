"""The real engine behind the replay, beside the smallest router that can be right."""

import pytest

from benchmarks.call_center.calls import Caller, CustomerClass, Fate
from benchmarks.call_center.desks import (
    ANYBODY,
    RELAXED,
    RELAXED_AFTER_S,
    SKILLED_FIRST,
    STRICTLY_FIRST,
    THE_BANKS,
    RoutingPolicy,
    desk_of,
)
from benchmarks.call_center.engine_router import EngineRouter
from benchmarks.call_center.outcomes import by_class
from benchmarks.call_center.replay import Replay
from tests.unit.benchmarks.call_center.builders import a_caller, a_shift, random_callers
from tests.unit.benchmarks.call_center.reference_router import ReferenceRouter

SKILLS = {"ann": frozenset({"ps"}), "bob": frozenset({"ps", "ne"})}


def _replayed(callers: list[Caller], policy: RoutingPolicy, *agents: str) -> list[Fate]:
    router = EngineRouter(desk_of(SKILLS, policy), SKILLS)
    return Replay(callers, [a_shift(agent, to_ms=10**9) for agent in agents], router).run()


def test_a_call_goes_to_whoever_has_its_skill() -> None:
    """A stock trader waits for Bob beside a free Ann, unless the policy knows no skills."""
    callers = [a_caller("one", call_type="ps"), a_caller("two", call_type="ne")]

    skilled = _replayed([a_caller("two", call_type="ne")], THE_BANKS, "ann")
    anybody = _replayed(callers, ANYBODY, "ann", "bob")

    assert skilled[0].is_abandoned
    assert {fate.agent_id for fate in anybody} == {"ann", "bob"}


def test_a_preferred_caller_has_a_head_start() -> None:
    """Who comes a minute later is answered first; who comes two minutes later is not."""
    first = a_caller("busy", handling_ms=300_000)
    ordinary = a_caller("ordinary", arrives_ms=1_000, patience_ms=900_000)
    preferred = CustomerClass.PREFERRED
    soon = a_caller("soon", arrives_ms=61_000, patience_ms=900_000, customer_class=preferred)
    late = a_caller("late", arrives_ms=121_000, patience_ms=900_000, customer_class=preferred)

    fates = _replayed([first, ordinary, soon, late], THE_BANKS, "ann")

    answered = sorted(fates, key=lambda fate: fate.arrives_ms + fate.wait_ms)
    assert [fate.call_id for fate in answered] == ["busy", "soon", "ordinary", "late"]


def test_who_hung_up_delays_nobody() -> None:
    """The next in line is answered the moment that an agent is free."""
    callers = [
        a_caller("busy", handling_ms=20_000),
        a_caller("gone", arrives_ms=1_000, patience_ms=5_000),
        a_caller("next", arrives_ms=2_000),
    ]

    fates = _replayed(callers, ANYBODY, "ann")

    assert [(fate.call_id, fate.wait_ms, fate.agent_id) for fate in fates] == [
        ("busy", 0, "ann"),
        ("gone", 5_000, None),
        ("next", 18_000, "ann"),
    ]


def test_who_hung_up_is_no_longer_in_the_queue() -> None:
    """The engine cancels the call at once, although nobody is there to find the line dead."""
    router = EngineRouter(desk_of(SKILLS, ANYBODY), SKILLS)
    router.call_arrives(a_caller("gone"), now_ms=0)
    waiting = len(router.engine.state.work_items())

    answers = router.caller_hangs_up("gone", now_ms=5_000)

    assert waiting == 1
    assert answers == []
    assert router.engine.state.work_items() == []


def test_after_a_while_a_call_is_for_anybody() -> None:
    """Ann has not the skill: she gets the call only when the step of relaxation applies."""
    callers = [a_caller("trader", call_type="ne", patience_ms=900_000)]

    [relaxed] = _replayed(callers, RELAXED, "ann")
    [preferred] = _replayed(callers, SKILLED_FIRST, "ann")

    assert (relaxed.agent_id, relaxed.wait_ms) == ("ann", 1_000 * RELAXED_AFTER_S)
    assert (preferred.agent_id, preferred.wait_ms) == ("ann", 0)


def test_the_skilled_are_preferred_to_the_longest_idle() -> None:
    """Bob is the only trader; Ann, idle as long and first by name, is left in peace."""
    [fate] = _replayed([a_caller("trader", call_type="ne")], SKILLED_FIRST, "ann", "bob")

    assert fate.agent_id == "bob"


def test_a_strict_class_goes_first_however_long_others_waited() -> None:
    """Two minutes are more than the head start, and nothing to a class."""
    first = a_caller("busy", handling_ms=300_000)
    ordinary = a_caller("ordinary", arrives_ms=1_000, patience_ms=900_000)
    late = a_caller(
        "late",
        arrives_ms=121_000,
        patience_ms=900_000,
        customer_class=CustomerClass.PREFERRED,
    )

    fates = _replayed([first, ordinary, late], STRICTLY_FIRST, "ann")

    answered = sorted(fates, key=lambda fate: fate.arrives_ms + fate.wait_ms)
    assert [fate.call_id for fate in answered] == ["busy", "late", "ordinary"]


@pytest.mark.slow
def test_the_engine_gives_the_waits_that_are_right() -> None:
    """Call by call: 1,500 random callers at a load above one, two equal agents, a head start."""
    callers = random_callers(1_500, arrivals=0.012, services=1 / 180, hang_ups=1 / 300, seed=3)
    reference = ReferenceRouter(credit_ms={CustomerClass.PREFERRED: 90_000})
    shifts = [a_shift(agent, to_ms=10**9) for agent in SKILLS]

    fates = _replayed(callers, THE_BANKS, *SKILLS)
    expected = Replay(callers, shifts, reference).run()

    assert [fate.wait_ms for fate in fates] == [fate.wait_ms for fate in expected]
    assert 0.1 < by_class(fates)[None].abandoned < 0.5
