"""Who counts as within an item's reach."""

from tests.unit.services.router.core.world import World, a_desk, offered


def test_an_agent_who_does_not_take_the_channel_stands_in_no_rounds_way() -> None:
    """All who could have the item have refused, so the round begins again at once (R12)."""
    ann = {"agent_id": "ann", "queues": {"general": 1}}
    bob = {"agent_id": "bob", "queues": {"general": 1}, "channels": {"email": 1}}
    world = World(a_desk(agents=[ann, bob], rules=[]))
    world.arrives("bob")
    world.arrives("ann")
    first = offered(world.message("zoe"))

    assert offered(world.reject(first)).agent_id == "ann"
