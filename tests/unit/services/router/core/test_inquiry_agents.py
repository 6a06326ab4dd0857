"""Why not agent X: has it, is asked, can't, came later, or is next."""

from dataclasses import replace

from libs.common.contracts import events as e
from services.router.core.entities import WorkItem
from services.router.core.inquiry_agents import Answer, why_not
from tests.unit.services.router.core.inquiry_world import a_varied_desk, item_of, only_item
from tests.unit.services.router.core.world import World, offered


def test_all_that_stands_in_the_way_is_told() -> None:
    """Not only the first reason."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")

    found = why_not(world.engine.state, only_item(world), "cem")

    assert found.answer is Answer.CAN_NOT
    assert found.says == ("cem: lacks skill billing: has 2, needs 3", "cem: is disconnected")


def test_the_one_who_is_asked_and_the_owner_are_named_as_such() -> None:
    """Nothing stands in their way."""
    world = World(a_varied_desk())
    world.arrives("bob")
    reservation = offered(world.message("kim", topic="billing"))
    asked = why_not(world.engine.state, item_of(world, reservation), "bob")

    world.accept(reservation)
    owns = why_not(world.engine.state, item_of(world, reservation), "bob")

    assert (asked.answer, asked.says) == (Answer.IS_ASKED, ("bob is being asked",))
    assert (owns.answer, owns.says) == (Answer.OWNS, ("bob has it: assigned",))


def test_one_who_could_have_had_it_is_compared_with_the_chosen() -> None:
    """While it is offered, and after it was accepted, from the saved state alone."""
    world = World(a_varied_desk())
    world.arrives("bob")
    world.now_ms += 7_000
    world.arrives("fay")
    reservation = offered(world.message("kim", topic="billing"))
    world.accept(reservation)
    engine = type(world.engine).restore(world.engine.state.documents(), now_ms=world.engine.now_ms)
    item = engine.state.need(WorkItem, reservation.work_item_id)

    found = why_not(engine.state, item, "fay")

    assert found.answer is Answer.CAME_LATER
    assert found.comparisons[0].is_recorded
    assert found.says == (
        (
            "could have it: bob came first by the queue's policy: idle since 2023-11-14 22:13:20Z;"
            " fay: idle since 2023-11-14 22:13:27Z"
        ),
    )


def test_an_owner_without_a_reservation_is_told_plainly() -> None:
    """A participant became the owner: no policy chose."""
    world = World(a_varied_desk())
    world.arrives("bob")
    reservation = offered(world.message("kim", topic="billing"))
    world.accept(reservation)
    world.arrives("fay")
    item = replace(item_of(world, reservation), whys={})

    found = why_not(world.engine.state, item, "fay")

    assert (found.answer, found.comparisons) == (Answer.CAME_LATER, ())
    assert found.says[0].startswith("could have it: bob has it")


def test_before_a_configuration_is_carried_out_somebody_may_be_next() -> None:
    """An item waits beside an agent who could have it until the next tick."""
    world = World(a_varied_desk())
    world.arrives("cem")
    world.message("kim", topic="billing")
    able = a_varied_desk(
        agents=[{"agent_id": "cem", "queues": {"billing": 1}, "skills": {"billing": 4}}]
    )
    world.hear(e.DeskConfigured(configuration=able))

    found = why_not(world.engine.state, only_item(world), "cem")

    assert found.answer is Answer.IS_NEXT
    assert "nothing stands in the way" in found.says[0]
