"""What is kept for whom, and who for what: bounds, and whose turn it is."""

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from tests.unit.services.router.core.desks import (
    CALLS,
    Part,
    a_desk_of,
    agent,
    at_work,
    busy,
    configure,
    item_of,
    reservations,
    served_before,
)
from tests.unit.services.router.core.world import types

ONE: Part = {"capacity_units": 1}
LAST: Part = {"queue_id": "general", "last_agent_hold_s": 60}
HEAVY = {"web_chat": 2, "telegram": 1}


def test_a_hold_of_one_second_is_a_hold() -> None:
    """R11: only no time at all is none."""
    queue = {**LAST, "last_agent_hold_s": 1}
    world = at_work(a_desk_of(queue, agents={"ann": ONE, "bob": ONE}), "ann")
    served_before(world, "zoe")
    busy(world, "yan")
    world.arrives("bob")

    assert types(world.message("zoe"))[-1] == "hold_opened"


def test_no_more_than_sixteen_items_are_kept_for_an_agent() -> None:
    """R2, R11: what comes beyond goes to anyone."""
    customers = [f"customer-{number}" for number in range(17)]
    agents: dict[str, Part] = {"ann": ONE, "bob": {"capacity_units": 17}}
    world = at_work(a_desk_of(LAST, agents=agents), "ann")
    served_before(world, *customers)
    busy(world, "yan")
    world.arrives("bob")

    ends = [types(world.message(name))[-1] for name in customers]

    assert ends == [*["hold_opened"] * 16, "reservation_opened"]


def test_of_what_is_kept_for_an_agent_the_best_place_is_first() -> None:
    """R4, R11: the class decides, not which began to wait for the agent first."""
    customers = [f"customer-{number}" for number in range(6)]
    rules = [
        {
            "rule_id": name,
            "when": {"topic": [name]},
            "then": {"queue": "general", "strict_class": 6 - at},
        }
        for at, name in enumerate(customers)
    ]
    ann: Part = {"capacity_units": 6}
    world = at_work(a_desk_of(LAST, agents={"ann": ann}, rules=rules, channels=CALLS), "ann")
    served_before(world, *customers)
    call = busy(world, "caller", channel="voice")
    for name in customers:
        assert types(world.message(name, topic=name))[-1] == "hold_opened"

    offers = reservations(world.hear(e.CloseRequested(**call)))

    assert [item_of(world, one).strict_class for one in offers] == [1, 2, 3, 4, 5, 6]


def test_an_agent_who_is_kept_for_a_heavy_item_is_not_given_what_is_held_for_them_either() -> None:
    """R6: nothing else until it fits, whoever was here before."""
    world = at_work(a_desk_of(LAST, agents={"ann": {"capacity_units": 3}}, channels=CALLS), "ann")
    served_before(world, "zoe")
    places = [busy(world, name) for name in ("xin", "yan")]
    world.message("caller", channel="voice")
    world.tick(after_s=60)
    assert agent(world, "ann").kept_for is not None
    assert types(world.message("zoe"))[-1] == "hold_opened"

    assert reservations(world.hear(e.CloseRequested(**places[0]))) == []


def test_an_item_that_was_passed_over_keeps_one_agent_and_no_second() -> None:
    """R6: at most one such hold, however often the item is looked at."""
    steps = [{"after_s": 90, "credit_s": 10}]
    agents = {"ann": {"capacity_units": 2}, "bob": {"capacity_units": 2}}
    queue = {"queue_id": "general", "steps": steps}
    world = at_work(a_desk_of(queue, agents=agents, capacity_weights=HEAVY), "ann", "bob")
    for name in ("xin", "yan"):
        busy(world, name, channel="telegram")
    world.message("zoe")
    assert "hold_opened" in types(world.tick(after_s=60))

    assert types(world.tick(after_s=30)) == ["work_item_relaxed"]


def test_who_is_kept_and_has_room_by_a_new_version_takes_their_turn_among_the_others() -> None:
    """R10, R24: a step comes before the new version is carried out (seed 100140)."""

    def desk(units: int) -> DeskConfiguration:
        steps = [{"after_s": 90, "widen_to_queues": ["billing"]}]
        general = {"queue_id": "general", "policy": "round_robin", "steps": steps}
        ann = {"capacity_units": units, "queues": {"general": 1}}
        bob = {"capacity_units": 2, "queues": {"billing": 1}}
        agents: dict[str, Part] = {"ann": ann, "bob": bob}
        return a_desk_of(general, {"queue_id": "billing"}, agents=agents, capacity_weights=HEAVY)

    world = at_work(desk(2), "ann", "bob")
    busy(world, "xin", channel="telegram")
    world.message("zoe")
    assert "hold_opened" in types(world.tick(after_s=60))
    world.now_ms += 31_000
    configure(world, desk(3))

    told = world.tick()

    assert types(told)[:3] == ["work_item_relaxed", "hold_ended", "reservation_opened"]
    # Of the two who could, the ring has come to bob: ann was asked for xin.
    assert [one.agent_id for one in reservations(told)] == ["bob"]
    assert [one.agent_id for one in reservations(told)[0].why.runners_up] == ["ann"]


def test_who_is_kept_again_before_a_new_version_is_carried_out_is_given_nothing_else() -> None:
    """R6, R24: the item's own step reaches the agent whom the version took out of its queue."""

    def desk(queue_id: str) -> DeskConfiguration:
        steps = [{"after_s": 90, "widen_to_queues": ["billing"]}]
        queues = {**LAST, "last_agent_hold_s": 600, "steps": steps}, {"queue_id": "billing"}
        ann: Part = {"capacity_units": 4, "queues": {queue_id: 1}}
        weights = {"web_chat": 3, "telegram": 1}
        return a_desk_of(*queues, agents={"ann": ann}, capacity_weights=weights)

    world = at_work(desk("general"), "ann")
    served_before(world, "lea")
    light = [busy(world, name, channel="telegram") for name in ("uma", "xin", "yan")]
    world.message("zoe")
    assert "hold_opened" in types(world.tick(after_s=60))
    assert types(world.message("lea", channel="telegram"))[-1] == "hold_opened"
    world.now_ms += 31_000
    configure(world, desk("billing"))

    told = types(world.hear(e.CloseRequested(**light[0])))

    assert told[-3:] == ["hold_ended", "work_item_relaxed", "hold_opened"]
    assert agent(world, "ann").kept_for is not None
