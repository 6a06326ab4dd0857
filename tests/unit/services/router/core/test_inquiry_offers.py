"""Recorded reasons in words, and how one who came later compares."""

import pytest

from libs.common.contracts.decisions import RunnerUp, Why
from libs.common.contracts.terms import AgentPolicy
from services.router.core.inquiry_offers import compare, why_this
from services.router.core.populations import Idle, Seat
from services.router.core.profiles import Profiles
from tests.unit.services.router.core.inquiry_world import a_varied_desk, item_of, only_item
from tests.unit.services.router.core.world import START_MS, World, offered

NOON = "2023-11-14 22:13:20Z"


def a_why(policy: str = "longest_idle", **changes: object) -> Why:
    """Bob was chosen over ann."""
    recorded: dict[str, object] = {
        "policy": policy,
        "configuration_version": 2,
        "idle_since_ms": START_MS,
        "waited_ms": 0,
        "passed_over": {},
    }
    return Why(**{**recorded, **changes})  # type: ignore[arg-type]  # fields by name


def test_a_decision_tells_its_whole_reason() -> None:
    """Policy, what was compared, who came next, who was passed over, and under what version."""
    why = a_why(
        runners_up=(RunnerUp(agent_id="ann", idle_since_ms=START_MS + 5_000),),
        passed_over={"absent": 2, "busy": 1},
        step=1,
    )

    assert why_this("bob", why).says == (
        "bob came first by the queue's policy.",
        "Policy longest_idle: who has been without new work for longest goes first.",
        f"Compared: idle since {NOON}.",
        "Next in line: ann (idle since 2023-11-14 22:13:25Z).",
        "Passed over: 2 not at work; 1 with no room left for it.",
        "Decided at step 1 under version 2 of the configuration.",
    )


def test_a_choice_before_the_policy_names_its_ground() -> None:
    """An agent who became free was not compared with anybody."""
    says = why_this("bob", a_why(chosen_for="agent")).says

    assert says[0] == "bob became free and took the best of what waited."
    assert says[2:4] == ("Nobody else was next.", "Nobody was passed over.")


@pytest.mark.parametrize(
    ("policy", "score", "says"),
    [
        ("longest_idle", 0, f"idle since {NOON}"),
        ("least_occupied", 250, f"25 % occupied, idle since {NOON}"),
        ("most_proficient", -7, f"levels of 7 in all, idle since {NOON}"),
        ("round_robin", 2, "place 3 in the ring"),
    ],
)
def test_each_policy_tells_what_it_compares(policy: str, score: int, says: str) -> None:
    """The score in the policy's own unit."""
    told = why_this("bob", a_why(policy, score=score)).says

    assert told[2] == f"Compared: {says}."


@pytest.mark.parametrize(
    ("policy", "score"),
    [("longest_idle", 0), ("least_occupied", 500), ("most_proficient", -4), ("round_robin", None)],
)
def test_a_later_agent_is_compared_by_the_present_state(policy: str, score: int | None) -> None:
    """What the policy would look at in this agent; a turn in a ring nobody knows any more."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    item = only_item(world)
    profile = Profiles(a_varied_desk()).of_agent["fay"]
    seat = Seat(Idle(START_MS + 9_000, "fay"), 1, 3, 500, is_kept=False)

    found = compare(item, why_this("bob", a_why(policy)), "fay", profile=profile, seat=seat)

    assert (found.score, found.idle_since_ms) == (score, START_MS + 9_000)
    assert found.is_recorded is False
    assert found.says.startswith("bob came first by the queue's policy: ")
    assert "fay: " in found.says


def test_a_runner_up_is_compared_by_what_was_recorded() -> None:
    """Whatever the agent has done since."""
    world = World(a_varied_desk())
    world.message("kim")
    item = only_item(world)
    runner_up = RunnerUp(agent_id="ann", idle_since_ms=START_MS, score=700)
    chosen = why_this("bob", a_why(AgentPolicy.LEAST_OCCUPIED.value, runners_up=(runner_up,)))
    profile = world.engine.state.index_of((item.tenant_id, item.desk_id)).profiles.of_agent["ann"]

    found = compare(item, chosen, "ann", profile=profile, seat=None)

    assert (found.score, found.is_recorded) == (700, True)


def test_without_a_seat_nothing_is_compared() -> None:
    """Who has gone since has no measure."""
    world = World(a_varied_desk())
    world.arrives("bob")
    item = item_of(world, offered(world.message("kim")))
    profile = Profiles(a_varied_desk()).of_agent["ann"]

    found = compare(item, why_this("bob", a_why()), "ann", profile=profile, seat=None)

    assert (found.score, found.says) == (None, "bob came first by the queue's policy")
