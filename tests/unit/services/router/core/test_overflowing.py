"""When a queue is too long: judged at arrival and on steps, without flapping (R29)."""

import pytest

from libs.common.contracts import decisions as d
from tests.unit.services.router.core.desks import (
    Part,
    a_desk_of,
    at_work,
    busy,
    configure,
    reservations,
)
from tests.unit.services.router.core.world import World, offered, types


def _queues(enter: Part, leave: Part, **fields: object) -> tuple[Part, Part]:
    overflow = {"to": "help", "enter": enter, "leave": leave}
    return ({"queue_id": "general", "overflow": overflow, **fields}, {"queue_id": "help"})


LONG = _queues({"waiting": 2}, {"waiting": 1})
SLOW = _queues({"estimated_wait_s": 200}, {"estimated_wait_s": 100})
HELPER: dict[str, Part] = {
    "ann": {"queues": {"general": 1}, "capacity_units": 1},
    "hal": {"queues": {"help": 1}, "capacity_units": 9},
}


def test_what_arrives_at_a_long_queue_is_for_the_helpers_too() -> None:
    """What waits already stays: the judgement is made at arrival."""
    world = at_work(a_desk_of(*LONG, agents=HELPER), "hal")
    for customer in ("x", "y"):
        assert reservations(world.message(customer)) == []

    decisions = world.message("zoe")

    began = next(one for one in decisions if isinstance(one, d.OverflowBegan))
    assert (began.to_queue_id, began.waiting, began.estimated_wait_s) == ("help", 2, None)
    assert (offered(decisions).agent_id, offered(decisions).queue_id) == ("hal", "general")


def test_an_overflow_goes_on_until_the_queue_is_below_the_lower_threshold() -> None:
    """A queue at the edge does not flap."""
    world = at_work(a_desk_of(*LONG, agents=HELPER), "hal")
    for customer in ("x", "y", "z"):
        world.message(customer)
    world.accept(offered(world.arrives("ann")))

    at_the_edge = world.message("w")
    place = {item.sequence: item for item in world.engine.state.work_items()}
    assert len(place) == 4
    assert "overflow_began" not in types(at_the_edge)
    assert offered(at_the_edge).agent_id == "hal"


def test_an_overflow_ends_with_the_first_arrival_at_a_short_queue() -> None:
    """And what arrives is for the queue's own agents again."""
    agents = {**HELPER, "ann": {"queues": {"general": 1}}}
    world = at_work(a_desk_of(*LONG, agents=agents), "hal")
    for customer in ("x", "y", "z"):
        world.message(customer)
    world.presence("hal", "away")  # type: ignore[arg-type]
    world.arrives("ann")

    decisions = world.message("w")

    ended = next(one for one in decisions if isinstance(one, d.OverflowEnded))
    assert ended.waiting == 0
    assert ended.estimated_wait_s == 0
    assert offered(decisions).agent_id == "ann"


def test_the_estimate_is_what_waits_at_the_pace_of_the_last_minutes() -> None:
    """Two waiting, two served in 300 s: a third would wait 300 s."""
    world = at_work(a_desk_of(*SLOW, agents={**HELPER, "ann": {"queues": {"general": 1}}}), "ann")
    for customer in ("x", "y"):
        busy(world, customer)
    world.presence("ann", "away")  # type: ignore[arg-type]
    types_of = [types(world.message(customer)) for customer in ("v", "w")]

    decisions = world.message("zoe")

    began = next(one for one in decisions if isinstance(one, d.OverflowBegan))
    assert (began.waiting, began.estimated_wait_s) == (2, 300)
    assert all("overflow_began" not in one for one in types_of)


def test_a_queue_that_nobody_serves_has_no_pace_and_overflows() -> None:
    """Whatever the threshold is, it is reached."""
    world = World(a_desk_of(*SLOW, agents=HELPER))
    first = world.message("x")

    second = world.message("y")

    assert "overflow_began" not in types(first)
    began = next(one for one in second if isinstance(one, d.OverflowBegan))
    assert began.estimated_wait_s is None


@pytest.mark.parametrize(("step", "is_asked"), [({"widen_to_queues": ["help"]}, 1), ({}, 1)])
def test_a_step_judges_the_queue_again(step: Part, is_asked: int) -> None:
    """R29: an item that waits already may reach the helpers then, named once."""
    steps = [{"after_s": 10, "credit_s": 1, **step}]
    queues = _queues({"waiting": 2}, {"waiting": 1}, steps=steps)
    world = at_work(a_desk_of(*queues, agents=HELPER), "hal")
    for customer in ("x", "y"):
        world.message(customer)

    decisions = world.tick(after_s=10)

    relaxed = next(one for one in decisions if isinstance(one, d.WorkItemRelaxed))
    assert relaxed.also_queues == ("help",)
    assert len([one for one in decisions if isinstance(one, d.OverflowBegan)]) == is_asked
    assert {one.agent_id for one in reservations(decisions)} == {"hal"}


def test_a_queue_without_overflow_any_more_asks_its_own_agents() -> None:
    """Nothing is judged where nothing is configured."""
    world = at_work(a_desk_of(*LONG, agents=HELPER), "hal")
    for customer in ("x", "y", "z"):
        world.message(customer)
    configure(world, a_desk_of({"queue_id": "general"}, {"queue_id": "help"}, agents=HELPER))
    world.tick()

    assert reservations(world.message("w")) == []
