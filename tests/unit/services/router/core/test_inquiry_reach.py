"""The desk's agents, each counted once by the first reason why not."""

from dataclasses import replace

from services.router.core.inquiry_obstacles import Obstacle
from services.router.core.inquiry_reach import AGENTS_NAMED_MAX, survey
from tests.unit.services.router.core.inquiry_world import a_varied_desk, only_item
from tests.unit.services.router.core.world import World, a_desk, offered


def test_every_agent_is_counted_once_by_the_first_reason() -> None:
    """And those who lack a skill by the skill."""
    world = World(a_varied_desk())
    world.arrives("cem")
    world.message("kim", topic="billing")

    found = survey(world.engine.state, only_item(world))

    assert found.by_first_reason == {
        Obstacle.NOT_ASKED: 1,
        Obstacle.ABSENT: 2,
        Obstacle.WITHOUT_SKILL: 1,
        Obstacle.CHANNEL_CLOSED: 1,
        Obstacle.TOO_HEAVY: 1,
    }
    assert found.without_skill == {"billing": 1}
    assert (found.configured, found.could, found.could_ever) == (6, 0, 2)


def test_those_who_lack_one_thing_are_named() -> None:
    """Bob would only have to come; fay is full in two ways, which is one thing: busy."""
    world = World(a_varied_desk())
    world.arrives("fay")
    world.accept(offered(world.message("kim", topic="billing")))
    world.message("lee", topic="billing")
    item = next(one for one in world.engine.state.work_items() if one.agent_id is None)

    found = survey(world.engine.state, replace(item, weight=5))

    assert found.lacking_only[Obstacle.WITHOUT_UNITS].agent_ids == ["fay"]
    assert Obstacle.ABSENT not in found.lacking_only
    assert survey(world.engine.state, item).lacking_only[Obstacle.ABSENT].agent_ids == ["bob"]


def test_few_are_named_and_all_are_counted_until_the_earliest_end() -> None:
    """Seven agents who refused, one after the other."""
    agents = [{"agent_id": f"a{n}", "queues": {"general": 1}} for n in range(7)]
    agents.append({"agent_id": "b", "queues": {"general": 1}})
    world = World(a_desk(queues=[{"queue_id": "general"}], rules=[], agents=agents))
    for agent in agents:
        world.arrives(str(agent["agent_id"]))
    reservation = offered(world.message("kim"))
    first_ms = world.now_ms
    for _ in range(7):
        world.now_ms += 1_000
        reservation = offered(
            tuple(one for one in world.reject(reservation) if one.type == "reservation_opened")
        )

    group = survey(world.engine.state, only_item(world)).lacking_only[Obstacle.REFUSED]

    assert (group.agents, len(group.agent_ids)) == (7, AGENTS_NAMED_MAX)
    assert group.until_ms == first_ms + 1_000 + 120_000


def test_an_item_does_not_stand_in_its_own_way() -> None:
    """Bob is asked with his last units, fay could have it as well."""
    world = World(a_varied_desk(capacity_weights={"web_chat": 4}))
    world.arrives("bob")
    world.arrives("fay")
    world.message("kim", topic="billing")

    found = survey(world.engine.state, only_item(world))

    assert found.could == 2
