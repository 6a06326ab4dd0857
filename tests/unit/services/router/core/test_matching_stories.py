"""Agents of many classes are asked in one order; what waits is found by whoever looks again."""

import pytest

from libs.common.contracts.terms import Presence
from services.router.core import queueing
from tests.unit.services.router.core.desks import Part, a_desk_of, at_work, reservations
from tests.unit.services.router.core.world import World, a_desk, offered

NAMES = ["ann", "bob", "cem", "dan", "eva", "fay", "gus", "hal"]


def _all_different(policy: str, **alike: str) -> World:
    """Each agent alone has some skill that some work needs, but for those who are like another;
    the last is idle for the longest time.
    """
    names = sorted([*NAMES, *alike])
    agents: dict[str, Part] = {name: {"skills": {alike.get(name, name): 1}} for name in names}
    rules = [
        {
            "rule_id": name,
            "when": {"topic": [name]},
            "then": {"queue": "general", "requires": {name: 1}},
        }
        for name in NAMES
    ]
    queue = {"queue_id": "general", "policy": policy}
    desk = a_desk_of(queue, agents=agents, skills=NAMES, rules=rules)
    return at_work(desk, *reversed(names))


def _asked(world: World, times: int) -> list[str]:
    """Who is asked so many times by customers who need no skill; all accept."""
    asked = []
    for number in range(times):
        offer = offered(world.message(f"customer{number}"))
        world.accept(offer)
        asked.append(offer.agent_id)
        world.now_ms += 1_000
    return asked


def test_an_agent_who_does_not_take_the_channel_stands_in_no_rounds_way() -> None:
    """All who could have the item have refused, so the round begins again at once (R12)."""
    ann = {"agent_id": "ann", "queues": {"general": 1}}
    bob = {"agent_id": "bob", "queues": {"general": 1}, "channels": {"email": 1}}
    world = World(a_desk(agents=[ann, bob], rules=[]))
    world.arrives("bob")
    world.arrives("ann")
    first = offered(world.message("zoe"))

    assert offered(world.reject(first)).agent_id == "ann"


@pytest.mark.parametrize("policy", ["longest_idle", "least_occupied", "most_proficient"])
def test_the_longest_idle_of_all_classes_is_asked(policy: str) -> None:
    """R9: where nothing else distinguishes them, whatever else they could do."""
    turns = [*reversed(NAMES), "hal"]

    assert _asked(_all_different(policy), 9) == turns


def test_a_round_goes_by_id_through_all_classes() -> None:
    """And begins again after the last."""
    assert _asked(_all_different("round_robin"), 9) == [*NAMES, "ann"]


def test_three_runners_up_come_from_all_classes() -> None:
    """R28: in the order in which they would have been asked."""
    why = offered(_all_different("longest_idle").message("zoe")).why

    assert [one.agent_id for one in why.runners_up] == ["gus", "fay", "eva"]


def test_whoever_refused_hides_nobody_of_another_class() -> None:
    """R10, R12."""
    world = _all_different("longest_idle")
    first = offered(world.message("zoe"))
    second = offered(world.reject(first))

    assert (first.agent_id, second.agent_id) == ("hal", "gus")
    assert [one.agent_id for one in second.why.runners_up] == ["fay", "eva", "dan"]


def test_a_round_goes_on_with_the_next_of_many_classes_also_beside_who_had_the_last_turn() -> None:
    """Two are alike: the first had the last turn, the second has the next one."""
    assert _asked(_all_different("round_robin", ivy="hal"), 9) == [*NAMES, "ivy"]


def test_who_had_the_last_turn_stands_behind_all_other_classes() -> None:
    """Also among those who came close."""
    world = _all_different("round_robin")
    assert _asked(world, 8)[-1] == "hal"

    offer = offered(world.message("zoe"))

    assert offer.agent_id == "ann"
    assert [one.agent_id for one in offer.why.runners_up] == ["bob", "cem", "dan"]


def test_weights_count_also_beside_who_waited_so_long_that_they_have_best_rank() -> None:
    """R7, R8: best rank is the first of its own queue; whose turn it is, the weights say."""
    weights: dict[str, Part] = {"ann": {"weights": {"a": 1, "b": 9}, "capacity_units": 1}}
    better = {"queue": "b", "strict_class": 4}
    rules = [
        {"rule_id": "better", "when": {"topic": ["b"]}, "then": better},
        {"rule_id": "plain", "when": {"topic": ["a"]}, "then": {"queue": "a"}},
    ]
    world = World(
        a_desk_of(*({"queue_id": name} for name in ("a", "b")), agents=weights, rules=rules)
    )
    world.message("zoe", topic="a")
    for _ in range(2):
        world.now_ms += 900_000
        world.tick()
    world.message("yan", topic="b")
    [waits_long, comes_late] = world.engine.state.work_items()
    assert (waits_long.has_best_rank, waits_long.strict_class) == (True, comes_late.strict_class)

    assert offered(world.arrives("ann")).queue_id == "b"


@pytest.mark.parametrize("few_lines", [-1, 16])
def test_an_agent_who_found_nothing_looks_again_and_finds_what_comes(
    few_lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where lines are kept in view, and the only one within reach has been empty."""
    monkeypatch.setattr(queueing, "FEW_LINES", few_lines)
    world = World(a_desk_of({"queue_id": "a"}, agents={"ann": {"capacity_units": 2}}))
    world.message("zoe", topic="a")
    world.accept(offered(world.arrives("ann")))
    for _ in range(2):
        world.presence("ann", Presence.AWAY)
        assert reservations(world.presence("ann", Presence.AVAILABLE)) == []

    world.presence("ann", Presence.AWAY)
    world.message("yan", topic="a")

    assert offered(world.presence("ann", Presence.AVAILABLE)).queue_id == "a"
