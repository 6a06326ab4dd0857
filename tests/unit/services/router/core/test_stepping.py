"""What time makes of a waiting item: steps of relaxation and promotion."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import OfferMode
from tests.unit.services.router.core.desks import (
    Part,
    a_desk_of,
    agent,
    at_work,
    busy,
    configure,
    only_item,
    reservations,
)
from tests.unit.services.router.core.world import World, offered, types

DROP = {"after_s": 10, "drop": ["billing"]}


def _billing(*steps: Part, **fields: object) -> Part:
    return {"queue_id": "general", "requires": {"billing": 3}, "steps": list(steps), **fields}


def _relaxed(decisions: tuple[d.AnyDecision, ...]) -> d.WorkItemRelaxed:
    [found] = [one for one in decisions if isinstance(one, d.WorkItemRelaxed)]
    return found


def test_steps_apply_one_after_the_other_counted_from_queueing() -> None:
    """R13."""
    world = World(a_desk_of(_billing({"after_s": 10, "lower": {"billing": 1}}, DROP)))
    world.message("zoe")

    first = _relaxed(world.tick(after_s=10))
    second = _relaxed(world.tick(after_s=10))

    assert (first.step, first.requires, first.waited_ms) == (1, {"billing": 2}, 10_000)
    assert (second.step, second.requires, second.waited_ms) == (2, {}, 20_000)
    assert world.tick(after_s=60) == ()


def test_steps_whose_time_has_passed_apply_at_once() -> None:
    """R13: after an outage the item is where it would have been."""
    world = World(a_desk_of(_billing({"after_s": 10, "lower": {"billing": 1}}, DROP)))
    world.message("zoe")

    assert types(world.tick(after_s=100)) == ["work_item_relaxed", "work_item_relaxed"]


def test_a_step_that_falls_due_during_an_offer_applies_when_the_item_is_queued_again() -> None:
    """R13: the offer stands meanwhile."""
    skilled: dict[str, Part] = {"ann": {"skills": {"billing": 3}}, "bob": {}}
    world = at_work(a_desk_of(_billing(DROP), agents=skilled), "bob", "ann")
    world.message("zoe")

    during = world.tick(after_s=15)
    after = world.tick(after_s=5)

    assert during == ()
    assert types(after)[:3] == ["reservation_ended", "work_item_queued", "work_item_relaxed"]
    assert offered(after).agent_id == "bob"


def test_a_step_lets_those_who_refused_be_asked_again() -> None:
    """R12: it is another question now."""
    desk = a_desk_of(
        {"queue_id": "general", "steps": [{"after_s": 10, "credit_s": 5}]},
        agents={"ann": {"capacity_units": 1}, "bob": {"capacity_units": 1}},
    )
    world = at_work(desk, "bob")
    busy(world, "yan")
    world.arrives("ann")
    assert reservations(world.reject(offered(world.message("zoe")))) == []

    assert offered(world.tick(after_s=10)).agent_id == "ann"


def test_a_step_raises_priority_and_never_lowers_it() -> None:
    """R4, R5: more credit up to the desk's total, a better class only."""
    steps: list[Part] = [
        {"after_s": 10, "credit_s": 40, "strict_class": 7},
        {"after_s": 10, "credit_s": 40, "strict_class": 2},
    ]
    world = World(a_desk_of(_billing(*steps), policies={"max_credit_s": 60}))
    begun_ms = world.now_ms
    world.message("zoe")

    first, second = _relaxed(world.tick(after_s=10)), _relaxed(world.tick(after_s=10))

    assert (first.strict_class, first.virtual_time_ms) == (5, begun_ms - 40_000)
    assert (second.strict_class, second.virtual_time_ms) == (2, begun_ms - 60_000)


def test_a_move_stands_the_item_in_the_other_line() -> None:
    """R13: with its old virtual time, for that queue's agents alone."""
    queues = (
        {**_billing({"after_s": 10, "move_to": "sales"}), "requires": {}},
        {"queue_id": "sales"},
    )
    agents: dict[str, Part] = {"ann": {"queues": {"general": 1}}, "bob": {"queues": {"sales": 1}}}
    world = at_work(a_desk_of(*queues, agents=agents), "bob")
    begun_ms = world.now_ms
    world.message("zoe")

    decisions = world.tick(after_s=10)

    assert (_relaxed(decisions).queue_id, _relaxed(decisions).virtual_time_ms) == (
        "sales",
        begun_ms,
    )
    assert (offered(decisions).agent_id, offered(decisions).queue_id) == ("bob", "sales")


def test_a_move_to_a_queue_that_is_gone_moves_nothing() -> None:
    """R24: the plan is an old one; its other changes apply."""
    moving = {**_billing({"after_s": 10, "move_to": "sales", "credit_s": 9}), "requires": {}}
    world = World(a_desk_of(moving, {"queue_id": "sales"}))
    world.message("zoe")

    configure(world, a_desk_of())
    decisions = world.tick(after_s=10)

    assert _relaxed(decisions).queue_id == "general"
    assert _relaxed(decisions).virtual_time_ms == only_item(world).waiting_since_ms - 9_000


def test_agents_of_earlier_steps_are_asked_first_where_the_queue_says_so() -> None:
    """R13: otherwise the longest idle is, whichever step added them."""
    skilled: Part = {"skills": {"billing": 3}, "capacity_units": 1}
    agents: dict[str, Part] = {"ann": {}, "bob": skilled}
    asked = []
    for prefers in (True, False):
        desk = a_desk_of(_billing(DROP, prefers_earlier_agents=prefers), agents=agents)
        world = at_work(desk, "ann", "bob")
        first = offered(world.message("zoe"))
        world.now_ms += 15_000
        asked.append((first.agent_id, offered(world.reject(first)).agent_id))

    assert asked == [("bob", "bob"), ("bob", "ann")]


def test_whoever_asks_for_no_skill_prefers_none_either() -> None:
    """A dropped skill is dropped from the preference, and anyone means anyone."""
    steps = (DROP, {"after_s": 10, "anyone": True})
    world = World(a_desk_of(_billing(*steps, prefers={"billing": 5, "russian": 2})))
    world.message("zoe")

    first, second = _relaxed(world.tick(after_s=10)), _relaxed(world.tick(after_s=10))

    assert (first.prefers, second.prefers) == ({"russian": 2}, {})
    assert second.is_for_anyone


def test_long_waiting_is_promoted_to_the_next_class_and_then_to_the_best_rank() -> None:
    """R7: after `promote_after_s` and after as long again; a class is never below 0."""
    world = World(a_desk_of(policies={"promote_after_s": 100}))
    world.message("zoe")

    first, second = world.tick(after_s=100), world.tick(after_s=100)

    assert _promotions(first) == [(4, False)]
    assert _promotions(second) == [(4, True)]
    assert world.tick(after_s=500) == ()


def test_promotion_after_an_outage_is_made_up_for_in_one() -> None:
    """R7: twice the time gives both."""
    world = World(a_desk_of(policies={"promote_after_s": 100}))
    world.message("zoe")

    assert _promotions(world.tick(after_s=200)) == [(4, True)]


def test_a_new_configuration_skips_no_promotion() -> None:
    """R7, R24: the timer runs on, and the class comes before the rank."""
    world = World(a_desk_of(policies={"promote_after_s": 100}))
    world.message("zoe")
    configure(world, a_desk_of(policies={"promote_after_s": 300}))

    assert _promotions(world.tick(after_s=100)) == [(4, False)]


def test_a_new_wait_is_promoted_anew() -> None:
    """R5: what the wait before it earned ends with that wait."""
    world = World(
        a_desk_of(agents={"ann": {"capacity_units": 1}}, policies={"promote_after_s": 100})
    )
    world.message("zoe")
    world.tick(after_s=200)
    place = {"agent_id": "ann"}
    world.accept(offered(world.arrives("ann")))
    place["conversation_id"] = only_item(world).conversation_id
    world.hear(e.ParkRequested(**place))
    busy(world, "yan")
    world.message("zoe")
    world.tick(after_s=30)

    zoe = next(one for one in world.engine.state.work_items() if one.agent_id is None)

    assert not zoe.has_best_rank
    assert zoe.promotion_due_ms == zoe.waiting_since_ms + 100_000


def _promotions(decisions: tuple[d.AnyDecision, ...]) -> list[tuple[int, bool]]:
    return [
        (one.strict_class, one.has_best_rank)
        for one in decisions
        if isinstance(one, d.WorkItemPromoted)
    ]


def test_the_best_rank_is_served_before_a_better_rank_of_the_agents() -> None:
    """R7: nothing starves behind a queue that is never empty."""
    ranks: dict[str, Part] = {"ann": {"queues": {"a": 1, "b": 2}}}
    queues = ({"queue_id": "a"}, {"queue_id": "b"})
    world = World(a_desk_of(*queues, agents=ranks, policies={"promote_after_s": 100}))
    world.message("zoe", topic="b")
    world.tick(after_s=200)
    world.message("yan", topic="a")

    assert reservations(world.arrives("ann"))[0].queue_id == "b"


def test_a_heavy_item_that_moves_away_frees_the_agent_who_was_kept_for_it() -> None:
    """R6: the agent gets what waits in the same record."""
    moving = {"queue_id": "general", "steps": [{"after_s": 70, "move_to": "sales"}]}
    desk = a_desk_of(
        moving,
        {"queue_id": "sales"},
        agents={"ann": {"queues": {"general": 1}, "capacity_units": 2}},
        capacity_weights={"web_chat": 2, "telegram": 1},
    )
    world = at_work(desk, "ann")
    busy(world, "yan", channel="telegram")
    world.message("zoe")
    world.tick(after_s=60)
    world.message("xin", channel="telegram")
    assert agent(world, "ann").kept_for is not None

    decisions = world.tick(after_s=10)

    assert types(decisions) == ["work_item_relaxed", "hold_ended", "reservation_opened"]


@pytest.mark.parametrize("mode", [OfferMode.RING, OfferMode.BROADCAST])
def test_a_broadcast_keeps_no_agent(mode: OfferMode) -> None:
    """R15: it can't be combined with R6."""
    queue = {"queue_id": "general", "offer": {"mode": mode}}
    heavy = {"web_chat": 2, "telegram": 1}
    world = at_work(a_desk_of(queue, agents={"ann": {"capacity_units": 2}}, capacity_weights=heavy))
    world.message("zoe")

    assert (only_item(world).patience_due_ms is None) is (mode is OfferMode.BROADCAST)
