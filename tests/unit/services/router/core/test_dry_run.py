"""What a configuration would change is what it then changes."""

import pytest

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import RefusalReason
from services.router.core import dry_run as module
from services.router.core.dry_run import DryRun, Effects, dry_run
from services.router.core.engine import Engine
from tests.unit.services.router.core.inquiry_world import a_varied_desk
from tests.unit.services.router.core.world import DESK, TENANT, World, a_desk, offered

KEY = (TENANT, DESK)


def tried(world: World, configuration: DeskConfiguration) -> DryRun:
    """The dry run on a restored copy."""
    copy = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)
    return dry_run(copy.state, KEY, configuration, next_offset=world.offset)


def effects_of(world: World, configuration: DeskConfiguration) -> Effects:
    """The effects of one that is accepted."""
    found = tried(world, configuration).effects
    assert found is not None
    return found


def test_a_configuration_that_would_be_refused_says_why() -> None:
    """With the reason that the router would give, and what it is about."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    without = a_varied_desk(queues=[{"queue_id": "general"}], rules=[], agents=[])

    found = tried(world, without)

    assert (found.version_now, found.effects) == (1, None)
    assert found.refusal is not None
    assert found.refusal.reason is RefusalReason.CONFIGURATION_CONTRADICTORY
    assert found.refusal.subject_id == "billing"


def test_moves_offers_and_what_nobody_serves_are_told() -> None:
    """Billing closes in favour of general: its item moves and is offered to ann at once."""
    world = World(a_varied_desk())
    world.arrives("ann")
    world.message("kim", topic="billing")
    new = a_varied_desk(
        queues=[{"queue_id": "general"}],
        rules=[],
        agents=[{"agent_id": "ann", "queues": {"general": 1}}],
        migrate_to={"billing": "general"},
    )

    found = effects_of(world, new)

    (moved,) = found.changed
    assert (moved.from_queue_id, moved.to_queue_id) == ("billing", "general")
    assert (moved.required, moved.requires) == ({"billing": 3}, {})
    assert [(one.agent_id, one.is_assigned) for one in found.reservations] == [("ann", False)]
    assert (found.version, found.open_items, found.unserved) == (2, 1, ())
    assert (found.waiting_before, found.waiting_after, found.is_complete) == (1, 1, True)


def test_what_is_told_is_what_happens() -> None:
    """The same configuration, applied to the live engine, gives the same offers."""
    world = World(a_varied_desk())
    world.arrives("cem")
    for customer in ("kim", "lee", "moe"):
        world.message(customer, topic="billing")
    able = {"agent_id": "cem", "queues": {"billing": 1}, "skills": {"billing": 3}}
    direct = [
        {"queue_id": "general"},
        {"queue_id": "billing", "requires": {"billing": 3}, "offer": {"mode": "direct"}},
    ]
    new = a_varied_desk(queues=direct, agents=[able])

    told = effects_of(world, new)
    world.hear(e.DeskConfigured(configuration=new))
    happened = world.tick()

    opened = [one for one in happened if one.type == "reservation_opened"]
    assert [one.work_item_id for one in told.reservations] == [one.work_item_id for one in opened]
    assert all(one.is_assigned for one in told.reservations)
    assert (told.new_reservations, told.waiting_after) == (3, 0)


def test_agents_over_their_limit_and_removed_ones_are_named() -> None:
    """Ann may carry less than she holds; bob is gone with his work, his offer is canceled."""
    world = World(a_desk())
    world.arrives("ann")
    world.accept(offered(world.message("kim")))
    world.accept(offered(world.message("lee")))
    world.arrives("bob")
    world.message("moe")
    new = a_desk(
        agents=[{"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 3}],
        rules=[],
    )

    found = effects_of(world, new)

    (over,) = found.agents_over_limit
    (removed,) = found.agents_removed
    assert (over.agent_id, over.held_units, over.capacity_units, over.items) == ("ann", 4, 3, 2)
    assert (removed.agent_id, removed.items) == ("bob", 1)
    assert found.canceled_reservations == 1
    assert found.unserved == ()


def test_items_that_nobody_could_ever_serve_are_counted_by_queue() -> None:
    """Nobody left has the skill; and one whose capacity is too small does not count."""
    world = World(a_varied_desk())
    world.message("kim", topic="billing")
    world.message("lee", topic="billing")
    weak = {
        "agent_id": "bob",
        "queues": {"billing": 1},
        "skills": {"billing": 5},
        "capacity_units": 1,
    }

    (unserved,) = effects_of(world, a_varied_desk(agents=[weak])).unserved

    assert (unserved.queue_id, unserved.items) == ("billing", 2)
    assert (unserved.requires, unserved.channel) == ({"billing": 3}, "web_chat")


def test_a_long_carrying_out_says_that_it_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """The turns are bounded, and the answer admits it."""
    monkeypatch.setattr(module, "TURNS_MAX", 0)
    world = World(a_desk())

    assert effects_of(world, a_desk()).is_complete is False


def test_the_tried_engine_is_not_the_live_one() -> None:
    """The world goes on as if nobody had asked."""
    world = World(a_desk())
    world.arrives("ann")
    before = world.engine.canonical_hash()

    tried(world, a_desk(agents=[]))

    assert world.engine.canonical_hash() == before
