"""The whole answer for one item: where it stands, whom it asks, who could, and what would help."""

from libs.common.contracts.terms import WorkItemState
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.inquiry_obstacles import Obstacle
from services.router.core.inquiry_waiting import why_waiting
from tests.unit.services.router.core.inquiry_world import a_varied_desk, item_of, only_item
from tests.unit.services.router.core.world import World, offered


def test_a_waiting_item_tells_its_place_and_needs() -> None:
    """Third of three in its queue, with its head start; others' agents do not count."""
    world = World(a_varied_desk())
    for customer in ("kim", "lee", "moe"):
        world.message(customer, topic="billing")
        world.now_ms += 1_000
    world.message("noa")
    items = {item.waiting_since_ms: item for item in world.engine.state.work_items()}
    last = items[sorted(items)[2]]

    found = why_waiting(world.engine.state, last)

    assert (found.standing.place, found.standing.waiting) == (3, 3)
    assert (found.standing.step, found.standing.steps) == (0, 3)
    assert found.standing.head_start_ms == 90_000
    assert found.standing.waited_ms == 1_000
    assert found.standing.strict_class == 3
    assert (found.asking.queue_id, found.asking.requires) == ("billing", {"billing": 3})
    assert (found.rule_id, found.chosen, found.asked) == ("bills", (), ())
    assert found.agents is not None
    assert found.agents.by_first_reason[Obstacle.ABSENT] == 2


def test_places_count_from_the_first() -> None:
    """Each of five has the place in which the queue serves them."""
    world = World(a_varied_desk())
    for number in range(5):
        world.message(f"customer-{number}", topic="billing")
        world.now_ms += 1_000
    items = sorted(world.engine.state.work_items(), key=lambda item: item.waiting_since_ms)

    places = [why_waiting(world.engine.state, item).standing.place for item in items]

    assert places == [1, 2, 3, 4, 5]


def test_the_wait_is_estimated_by_the_pace() -> None:
    """Two were served within five minutes, so the next in line waits half of that."""
    world = World(a_varied_desk())
    world.arrives("bob")
    for customer in ("kim", "lee"):
        world.accept(offered(world.message(customer, topic="billing")))
    world.message("moe", topic="billing")
    item = next(one for one in world.engine.state.work_items() if one.agent_id is None)

    assert why_waiting(world.engine.state, item).standing.estimated_wait_s == 150


def test_an_assigned_item_tells_why_its_agent() -> None:
    """From the saved state alone; nobody is surveyed for it."""
    world = World(a_varied_desk())
    world.arrives("bob")
    reservation = offered(world.message("kim", topic="billing"))
    asked = why_waiting(world.engine.state, item_of(world, reservation))
    world.accept(reservation)
    engine = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)
    item = engine.state.need(WorkItem, reservation.work_item_id)

    found = why_waiting(engine.state, item)

    assert asked.asked == ("bob",)
    assert asked.standing.place is None
    assert (found.state, found.owner_agent_id) == (WorkItemState.ASSIGNED, "bob")
    assert (found.agents, found.outlook) == (None, ())
    assert [one.agent_id for one in found.chosen] == ["bob"]
    assert found.chosen[0].why == reservation.why


def test_asking_changes_nothing() -> None:
    """The state is the same, byte by byte, after the question."""
    world = World(a_varied_desk())
    world.arrives("cem")
    world.message("kim", topic="billing")
    before = world.engine.canonical_hash()

    why_waiting(world.engine.state, only_item(world))

    assert world.engine.canonical_hash() == before
    assert world.tick() == ()
