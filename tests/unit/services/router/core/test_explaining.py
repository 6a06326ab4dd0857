"""Why this agent: what a decision says of those who were passed over (R28)."""

from libs.common.contracts.terms import Presence
from tests.unit.services.router.core.desks import Part, a_desk_of, at_work, busy
from tests.unit.services.router.core.world import World, offered, types

BILLING: Part = {"queue_id": "general", "requires": {"billing": 2}}
SKILLED: Part = {"skills": {"billing": 2}}


def test_those_passed_over_are_counted_by_the_first_reason_that_held() -> None:
    """In the order: without skill, absent, busy, refused."""
    agents: dict[str, Part] = {
        "ann": SKILLED,
        "bob": {"skills": {"billing": 1}},
        "cem": SKILLED,
        "dan": {**SKILLED, "capacity_units": 1},
        "eve": SKILLED,
    }
    world = at_work(a_desk_of(BILLING, agents=agents), "dan", "bob", "eve", "ann")
    busy(world, "yan")

    first = offered(world.message("zoe"))
    second = offered(world.reject(first))

    assert first.agent_id == "eve"
    assert first.why.passed_over == {"without_skill": 1, "absent": 1, "busy": 1}
    assert second.why.passed_over == {"without_skill": 1, "absent": 1, "busy": 1, "refused": 1}


def test_an_absent_agent_who_refused_is_counted_as_absent_alone() -> None:
    """Nobody is counted twice."""
    agents: dict[str, Part] = {"ann": {}, "bob": {}, "cem": {}}
    world = at_work(a_desk_of(agents=agents), "ann", "bob", "cem")
    second = offered(world.reject(offered(world.message("zoe"))))
    world.presence("ann", Presence.AWAY)

    third = offered(world.reject(second))

    assert third.agent_id == "cem"
    assert third.why.passed_over == {"absent": 1, "refused": 1}


def test_the_first_three_runners_up_are_named_in_order() -> None:
    """R28: those who could have had it, and what the policy compared."""
    agents: dict[str, Part] = {name: {} for name in ("ann", "bob", "cem", "dan", "eve")}
    world = at_work(a_desk_of(agents=agents), "eve", "dan", "cem", "bob", "ann")
    world.now_ms += 1_000

    why = offered(world.message("zoe")).why

    assert [one.agent_id for one in why.runners_up] == ["dan", "cem", "bob"]
    assert [one.idle_since_ms for one in why.runners_up] == sorted(
        one.idle_since_ms for one in why.runners_up
    )
    assert (why.policy, why.chosen_for, why.configuration_version) == ("longest_idle", "policy", 1)
    assert (why.step, why.score, why.waited_ms) == (0, 0, 0)


def test_a_freed_agent_is_said_to_be_the_one_who_chose() -> None:
    """And how long the item had waited by then."""
    world = World(a_desk_of())
    world.message("zoe")
    world.now_ms += 7_000

    why = offered(world.arrives("ann")).why

    assert (why.chosen_for, why.waited_ms, why.runners_up) == ("agent", 7_000, ())
    assert why.passed_over == {}


def test_the_step_of_relaxation_is_told() -> None:
    """Whoever asks why an unskilled agent got it finds the step."""
    queue = {**BILLING, "steps": [{"after_s": 10, "drop": ["billing"]}]}
    world = at_work(a_desk_of(queue), "ann")
    world.message("zoe")

    decisions = world.tick(after_s=10)

    assert types(decisions) == ["work_item_relaxed", "reservation_opened"]
    assert offered(decisions).why.step == 1
