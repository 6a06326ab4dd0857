"""Whom, and what next: the order of agents for an item, and of items for an agent."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence
from tests.unit.services.router.core.desks import (
    Part,
    a_desk_of,
    agent,
    at_work,
    busy,
    reservations,
)
from tests.unit.services.router.core.world import World, a_desk, offered, types

THREE: dict[str, Part] = {"ann": {}, "bob": {}, "cem": {}}
ONE_AT_A_TIME: Part = {"capacity_units": 1}


def _asked(world: World, *customers: str) -> list[str]:
    """Who is asked for each customer's work; all accept."""
    asked = []
    for customer in customers:
        offer = offered(world.message(customer))
        world.accept(offer)
        asked.append(offer.agent_id)
        world.now_ms += 1_000
    return asked


def test_the_longest_idle_is_asked_and_an_assignment_begins_idle_time_anew() -> None:
    """R9."""
    world = at_work(a_desk_of(agents=THREE), "bob", "ann", "cem")

    assert _asked(world, "x", "y", "z", "w") == ["bob", "ann", "cem", "bob"]


def test_agents_who_are_equally_idle_are_asked_by_id() -> None:
    """R9: nothing depends on who was heard of first."""
    world = World(a_desk_of(agents=THREE))
    for name in ("cem", "bob", "ann"):
        world.arrives(name)

    assert offered(world.message("zoe")).agent_id == "ann"


def test_the_least_occupied_is_asked_first_whatever_their_size() -> None:
    """Load per mille of the agent's own capacity, ties by idle time."""
    agents: dict[str, Part] = {"ann": {"capacity_units": 2}, "bob": {"capacity_units": 6}}
    world = at_work(a_desk_of(_with("least_occupied"), agents=agents), "ann", "bob")

    assert _asked(world, "x", "y", "z", "w") == ["ann", "bob", "bob", "bob"]
    assert offered(world.message("v")).why.score == 500


def test_the_most_proficient_in_what_is_asked_for_is_asked_first() -> None:
    """The sum of levels in required and preferred skills; others do not count."""
    queue = {**_with("most_proficient"), "requires": {"billing": 1}}
    agents: dict[str, Part] = {
        "ann": {"skills": {"billing": 2, "russian": 5}},
        "bob": {"skills": {"billing": 4}},
    }
    world = at_work(a_desk_of(queue, agents=agents), "ann", "bob")

    offer = offered(world.message("zoe"))

    assert (offer.agent_id, offer.why.score) == ("bob", -4)
    assert [(one.agent_id, one.score) for one in offer.why.runners_up] == [("ann", -2)]


def test_a_round_robin_goes_on_after_who_had_the_last_turn() -> None:
    """By id, round again after the last, past those who refused."""
    agents = {**THREE, "dan": ONE_AT_A_TIME}
    world = at_work(a_desk_of(_with("round_robin"), agents=agents), "dan", "cem", "bob", "ann")

    assert _asked(world, "x", "y", "z", "w", "v") == ["ann", "bob", "cem", "dan", "ann"]
    assert offered(world.reject(offered(world.message("u")))).agent_id == "cem"


def test_a_round_robin_asks_nobody_again_who_refused() -> None:
    """Two said no and the third is busy: the item waits for her (R12)."""
    agents = {**THREE, "cem": ONE_AT_A_TIME}
    world = at_work(a_desk_of(_with("round_robin"), agents=agents), "ann", "bob", "cem")
    assert _asked(world, "x", "y", "z") == ["ann", "bob", "cem"]

    second = offered(world.reject(offered(world.message("u"))))
    decisions = world.reject(second)

    assert second.agent_id == "bob"
    assert "reservation_opened" not in types(decisions)


def test_head_start_wins_over_the_order_of_arrival_also_between_lines() -> None:
    """Who needs something else and came later, with more credit, is first (R4)."""
    then = {"queue": "general", "requires": {"billing": 1}, "credit_s": 90}
    rules = [{"rule_id": "bills", "when": {"labels": {"topic": ["bill"]}}, "then": then}]
    ann = {"queues": {"general": 1}, "skills": {"billing": 1}, "capacity_units": 1}
    world = World(a_desk(agents=[{"agent_id": "ann", **ann}], rules=rules, capacity_weights={}))
    world.arrives("ann")
    first = offered(world.message("first"))
    world.accept(first)
    world.message("early")
    world.now_ms += 10_000
    late = world.message("late", topic="bill")

    decisions = world.hear(e.CloseRequested(agent_id="ann", conversation_id=first.conversation_id))

    assert offered(decisions).conversation_id == late[0].conversation_id  # type: ignore[union-attr]


def test_runners_up_of_a_round_robin_come_in_the_order_of_the_ring() -> None:
    """At most three are named."""
    agents: dict[str, Part] = {name: {} for name in ("ann", "bob", "cem", "dan", "eve")}
    world = at_work(a_desk_of(_with("round_robin"), agents=agents), *agents)
    _asked(world, "x", "y")

    why = offered(world.message("z")).why

    assert [(one.agent_id, one.score) for one in why.runners_up] == [
        ("dan", 1),
        ("eve", 2),
        ("ann", 3),
    ]


def test_those_who_meet_what_is_preferred_are_asked_before_the_longest_idle() -> None:
    """And the others when none of them is free."""
    queue = {"queue_id": "general", "prefers": {"russian": 2}}
    agents: dict[str, Part] = {
        "ann": {"skills": {"russian": 1}},
        "bob": {"skills": {"russian": 2}, "capacity_units": 1},
    }
    world = at_work(a_desk_of(queue, agents=agents), "ann", "bob")

    assert _asked(world, "x", "y") == ["bob", "ann"]


def test_a_broadcast_reaches_past_the_preferred_ones_when_they_are_few() -> None:
    """Nobody is asked twice."""
    queue = {
        "queue_id": "general",
        "prefers": {"russian": 2},
        "offer": {"mode": "broadcast", "agents": 2},
    }
    agents: dict[str, Part] = {**THREE, "bob": {"skills": {"russian": 2}}}
    world = at_work(a_desk_of(queue, agents=agents), "ann", "bob", "cem")

    asked = reservations(world.message("zoe"))

    assert [one.agent_id for one in asked] == ["bob", "ann"]
    assert [one.agent_id for one in asked[0].why.runners_up] == ["cem"]


def _with(policy: str) -> Part:
    return {"queue_id": "general", "policy": policy}


def _given(world: World, queues: list[str]) -> list[str]:
    """Which of these queues' items a free agent is given, one after the other."""
    for number, queue in enumerate(queues):
        world.message(f"customer{number}", topic=queue)
        world.now_ms += 1_000
    world.tick()
    given, decisions = [], world.arrives("ann")
    while found := reservations(decisions):
        given.append(found[0].queue_id)
        world.accept(found[0])
        place = {"agent_id": "ann", "conversation_id": found[0].conversation_id}
        decisions = world.hear(e.CloseRequested(**place))
    return given


def test_a_better_class_is_served_before_a_better_rank() -> None:
    """R4: rank never beats class."""
    ranks: dict[str, Part] = {"ann": {"queues": {"plain": 1, "urgent": 9}, "capacity_units": 1}}
    rules = [
        {
            "rule_id": name,
            "when": {"topic": [name]},
            "then": {"queue": name, "strict_class": strict_class},
        }
        for name, strict_class in (("plain", 5), ("urgent", 1))
    ]
    world = World(a_desk_of(*_queues("plain", "urgent"), agents=ranks, rules=rules))

    assert _given(world, ["plain", "urgent", "plain"]) == ["urgent", "plain", "plain"]


def test_a_better_rank_is_served_before_a_longer_wait() -> None:
    """R4: 1 is served first; within a rank the longest wait is."""
    ranks: dict[str, Part] = {"ann": {"queues": {"a": 2, "b": 1, "c": 2}, "capacity_units": 1}}
    world = World(a_desk_of(*_queues("a", "b", "c"), agents=ranks))

    assert _given(world, ["c", "a", "b", "c"]) == ["b", "c", "a", "c"]


def test_items_of_the_same_moment_are_served_in_the_order_of_the_log() -> None:
    """R4: the sequence decides last."""
    ranks: dict[str, Part] = {"ann": {"capacity_units": 1}}
    world = World(a_desk_of(*_queues("a", "b"), agents=ranks))
    world.message("zoe", topic="b")
    world.message("yan", topic="a")

    assert offered(world.arrives("ann")).queue_id == "b"


def test_credit_counts_as_time_already_waited() -> None:
    """R4: a head start of 90 s beats 60 s of waiting."""
    rules = [
        {"rule_id": "vip", "when": {"segment": ["vip"]}, "then": {"queue": "a", "credit_s": 90}}
    ]
    world = World(a_desk_of(*_queues("a"), agents={"ann": ONE_AT_A_TIME}, rules=rules))
    world.message("zoe")
    world.now_ms += 60_000
    queued = world.message("yan", segment="vip")[-1]
    assert isinstance(queued, d.WorkItemQueued)

    assert offered(world.arrives("ann")).work_item_id == queued.work_item_id


def test_weights_share_an_agent_out_smoothly() -> None:
    """R8: three to one, never three in a row before the one."""
    weights: dict[str, Part] = {"ann": {"weights": {"a": 3, "b": 1}, "capacity_units": 1}}
    world = World(a_desk_of(*_queues("a", "b"), agents=weights))

    given = _given(world, ["b", "b", "a", "a", "a", "a", "a", "a"])

    assert given == ["a", "a", "b", "a", "a", "a", "b", "a"]


def test_a_queue_that_an_agent_has_no_weight_for_counts_as_one() -> None:
    """R8: who helps out in another queue gives it the smallest share."""
    helpers = {"queue_id": "b", "steps": [{"after_s": 1, "anyone": True}]}
    weights: dict[str, Part] = {"ann": {"weights": {"a": 2}, "capacity_units": 1}}
    world = World(a_desk_of({"queue_id": "a"}, helpers, agents=weights))

    assert _given(world, ["b", "b", "a", "a", "a", "a"]) == ["a", "b", "a", "a", "b", "a"]


def test_weights_count_within_the_best_class_only() -> None:
    """R4, R8: an urgent item of the lighter queue goes first and costs the other no turn."""
    weights: dict[str, Part] = {"ann": {"weights": {"a": 9, "b": 1}, "capacity_units": 1}}
    urgent = {"queue": "b", "strict_class": 0}
    rules = [
        {"rule_id": "urgent", "when": {"topic": ["b"]}, "then": urgent},
        {"rule_id": "plain", "when": {"topic": ["a"]}, "then": {"queue": "a"}},
    ]
    world = World(a_desk_of(*_queues("a", "b"), agents=weights, rules=rules))

    assert _given(world, ["a", "b"]) == ["b", "a"]
    assert agent(world, "ann").credits == {"a": 0, "b": 0}


def test_the_next_item_is_found_past_any_number_that_the_agent_refused() -> None:
    """R10: looking at a few below a refused head is not enough."""
    queue = {"queue_id": "general", "offer": {"timeout_s": 600}}
    agents: dict[str, Part] = {"ann": ONE_AT_A_TIME, "bob": ONE_AT_A_TIME}
    world = at_work(a_desk_of(queue, agents=agents), "bob")
    busy(world, "xin")
    for number in range(20):
        world.message(f"customer{number}")
    decisions = world.arrives("ann")
    for _ in range(20):
        decisions = world.reject(offered(decisions))
    assert types(decisions) == ["reservation_ended", "work_item_queued"]

    offer = offered(world.message("zoe"))

    assert offer.agent_id == "ann"


def test_an_agent_without_room_or_presence_gets_nothing() -> None:
    """R10: both are needed."""
    world = at_work(a_desk_of(agents={"ann": {"capacity_units": 0}, "bob": {}}), "ann")

    assert reservations(world.message("zoe")) == []
    assert reservations(world.presence("bob", Presence.AVAILABLE)) == []


def test_an_item_goes_round_again_when_all_who_could_ever_take_it_have_refused() -> None:
    """R12: an agent who does not take the channel is not reachable and need not refuse."""
    agents: dict[str, Part] = {"ann": {}, "bob": {"channels": {"telegram": 3}}}
    world = at_work(a_desk_of(agents=agents), "ann", "bob")

    decisions = world.reject(offered(world.message("zoe")))

    assert types(decisions)[-2:] == ["refusals_forgotten", "reservation_opened"]


def _queues(*names: str) -> list[Part]:
    return [{"queue_id": name} for name in names]


@pytest.mark.parametrize(("present", "kept"), [(("ann", "bob"), "bob"), (("cem", "ann"), "cem")])
def test_a_heavy_item_keeps_the_agent_with_the_most_free_units(
    present: tuple[str, ...], kept: str
) -> None:
    """R6: ties by the longest idle; who could never carry it is left out."""
    agents: dict[str, Part] = {
        "ann": {"capacity_units": 4},
        "bob": {"capacity_units": 5},
        "cem": {"capacity_units": 4},
        "eve": {"capacity_units": 3},
    }
    weights = {"web_chat": 4, "telegram": 1}
    world = at_work(a_desk_of(agents=agents, capacity_weights=weights), *present)
    for number in range(4):
        busy(world, f"customer{number}", channel="telegram")
        world.now_ms += 1_000
    world.arrives("eve")
    world.message("zoe")

    opened = world.tick(after_s=60)[-1]

    assert isinstance(opened, d.HoldOpened)
    assert (opened.agent_id, opened.until_ms) == (kept, None)
