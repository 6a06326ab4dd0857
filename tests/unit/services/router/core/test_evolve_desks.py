"""What a desk remembers beyond its configuration: plans of open work, kinds that came."""

from libs.common.contracts import events as e
from services.router.core.engine import Engine
from services.router.core.entities import Desk
from tests.unit.services.router.core.desks import a_desk_of, at_work, busy, only_item
from tests.unit.services.router.core.world import DESK, TENANT, World, offered


def _desk(world: World) -> Desk:
    return world.engine.state.need(Desk, TENANT, DESK)


def test_the_first_message_of_a_channel_that_nobody_named_is_offered() -> None:
    """R10: a channel costs one unit unless the desk says otherwise, and needs no naming."""
    world = at_work(a_desk_of(), "ann")

    assert offered(world.message("zoe", channel="telegram")).agent_id == "ann"


def test_what_a_restored_engine_finds_heavy_is_what_the_live_one_does() -> None:
    """R9: a lighter kind that came and went is remembered, so that both decide the same."""
    none: dict[str, dict[str, object]] = {"ann": {"capacity_units": 1}}
    world = at_work(a_desk_of(capacity_weights={"web_chat": 2}, agents=none), "ann")
    world.hear(_closing(world, "zoe"))
    world.twin = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)

    world.message("yan")

    assert world.twin.canonical_hash() == world.engine.canonical_hash()
    assert only_item(world).patience_due_ms == world.now_ms + 60_000


def _closing(world: World, customer: str) -> e.CloseRequested:
    return e.CloseRequested(**busy(world, customer, channel="telegram"))
