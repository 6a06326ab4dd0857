"""Who counts as within an item's reach."""

from libs.common.contracts import decisions as d
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


def test_only_whose_turn_it_was_has_it_counted() -> None:
    """A broadcast asks others as well, and their balances are their own (R8)."""
    ann = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 2}
    weighted = [
        {"agent_id": name, "weights": {"general": 1, "other": 3}, "capacity_units": 2}
        for name in ("bob", "cem")
    ]
    queues = [
        {"queue_id": "general", "offer": {"mode": "broadcast", "agents": 3}},
        {"queue_id": "other"},
    ]
    world = World(a_desk(queues=queues, agents=[ann, *weighted], rules=[]))
    for name in ("ann", "bob", "cem"):
        world.arrives(name)
    asked = [one for one in world.message("zoe") if isinstance(one, d.ReservationOpened)]
    world.message("yan")

    decisions = world.accept(asked[0])

    opened = [one for one in decisions if isinstance(one, d.ReservationOpened)]
    assert [(one.agent_id, bool(one.credits)) for one in opened] == [("bob", True), ("cem", False)]
