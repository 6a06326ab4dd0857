"""What is derived from an item that is kept for its last agent, or that keeps nobody yet."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from services.router.core.engine import Engine
from services.router.core.indexing import forget_item, index_unkept
from services.router.core.invariants import check_all
from tests.unit.services.router.core.world import DESK, TENANT, World, a_desk, offered

QUEUES = [{"queue_id": "general", "last_agent_hold_s": 60}]
AGENTS = [
    {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 1},
    {"agent_id": "bob", "queues": {"general": 1}},
]
NO_RULES: list[object] = []
SMALL = {"queues": QUEUES, "agents": AGENTS, "rules": NO_RULES, "capacity_weights": {}}


def a_kept_item() -> World:
    """Zoe is kept for ann, who served her and is busy, while bob is free."""
    world = World(a_desk(**SMALL))
    world.arrives("ann")
    first = offered(world.message("zoe"))
    world.accept(first)
    closing = e.CloseRequested(agent_id="ann", conversation_id=first.conversation_id)
    world.hear(closing)
    world.accept(offered(world.message("yan")))
    world.tick(after_s=11)
    world.arrives("bob")
    decided = world.message("zoe")
    assert isinstance(decided[-1], d.HoldOpened)
    return world


def restored(world: World) -> Engine:
    """A second engine that knows a save alone."""
    return Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)


def test_the_measure_of_a_line_that_an_item_left_by_a_hold_is_due_after_a_restore_too() -> None:
    """A kept item stands in no line, so whether its queue is measured may not depend on it."""
    world = a_kept_item()

    assert restored(world).next_deadline_ms() == world.engine.next_deadline_ms()


def test_agents_have_room_for_a_kind_whose_only_item_is_kept() -> None:
    """Otherwise a restored engine would count free agents as busy."""
    world = a_kept_item()

    world.twin = restored(world)

    assert offered(world.tick(after_s=60)).agent_id == "bob"


def test_a_kept_item_stays_out_of_its_line_under_a_new_configuration() -> None:
    """It waits for its agent alone; in the line it would be offered to others as well."""
    world = a_kept_item()

    world.hear(e.DeskConfigured(configuration=a_desk(**SMALL)))

    check_all(world.engine.state)
    assert world.tick()[-1].type == "rematch_ended"


def test_unkept_are_those_passed_over_for_whom_nobody_is_kept_yet() -> None:
    """R6: each once, and no longer when somebody is kept, or when it leaves."""
    world = World(a_desk())
    for customer in ("zoe", "yan"):
        world.message(customer)
    state = world.engine.state
    index = state.index_of((TENANT, DESK))
    item, _ = state.work_items()

    def unkept() -> list[str]:
        index_unkept(state, item)
        return [one.work_item_id for one in index.unkept.in_order("general")]

    assert (unkept(), len(index.unkept)) == ([], 0)
    item.is_passed_over = True
    for _ in range(2):
        assert (unkept(), len(index.unkept)) == ([item.work_item_id], 1)

    item.capacity_agent_id = "ann"
    assert unkept() == []

    item.capacity_agent_id = None
    assert unkept() == [item.work_item_id]
    forget_item(state, item)
    assert (unkept(), len(index.unkept)) == ([], 0)


def test_who_is_unkept_and_leaves_from_the_middle_is_counted_no_more() -> None:
    """As is whoever leaves from the front."""
    world = World(a_desk())
    for customer in ("zoe", "yan", "xin"):
        world.message(customer)
    state = world.engine.state
    index = state.index_of((TENANT, DESK))
    first, middle, _ = items = state.work_items()
    for item in items:
        item.is_passed_over = True
        index_unkept(state, item)

    counted = []
    for item in (middle, first):
        forget_item(state, item)
        counted.append(len(index.unkept))

    assert counted == [2, 1]
