"""All clocks of a queue."""

import pytest

from libs.common.contracts import events as e
from libs.common.errors import InvalidInputError
from services.router.core.inquiry_queues import QueueClocks, queue_clocks
from tests.unit.services.router.core.desks import busy
from tests.unit.services.router.core.promised_desks import (
    GOLD,
    a_promising_desk,
    an_escalating_desk,
)
from tests.unit.services.router.core.world import DESK, TENANT, World


def _asked(world: World, queue_id: str = "general", **page: object) -> QueueClocks:
    return queue_clocks(world.engine.state, (TENANT, DESK), queue_id, **page)  # type: ignore[arg-type]


def _written(*customers: str) -> World:
    world = World(a_promising_desk())
    for customer in customers:
        world.message(customer)
        world.now_ms += 1_000
    return world


def test_whatever_fires_next_is_first_page_after_page() -> None:
    """No conversation is told twice, none is left out."""
    world = _written("kim", "lea", "max")

    first = _asked(world, limit=2)
    second = _asked(world, limit=2, cursor=first.next_cursor or "")

    told = [one.next_firing for one in (*first.conversations, *second.conversations)]
    at_ms = [one.at_ms for one in told if one is not None]
    assert at_ms == sorted(at_ms)
    assert len({one.conversation_id for one in (*first.conversations, *second.conversations)}) == 3
    assert (first.total, first.running, second.next_cursor) == (3, 6, None)


def test_clocks_that_stand_still_come_last_and_are_counted_apart() -> None:
    """A conversation that waits for its customer fires nothing."""
    policy = {**GOLD, "pauses_while_parked": True}
    world = World(a_promising_desk(policy))
    world.arrives("ann")
    world.hear(e.ParkRequested(**busy(world, "kim")))
    world.message("lea", topic="general")

    found = _asked(world)

    assert (found.running, found.paused, found.breached) == (2, 2, 0)
    assert [one.next_firing is None for one in found.conversations] == [False, True]


def test_a_breach_is_counted_until_what_was_promised_happens() -> None:
    """The first response is due after 100 s."""
    world = _written("kim")
    world.tick(after_s=200)
    world.tick()

    assert _asked(world).breached == 1


def test_another_queues_conversations_are_not_told() -> None:
    """Each clock stands in one queue."""
    world = _written("kim")

    assert _asked(world, "billing").conversations == ()
    assert _asked(world, "billing").hours.is_open


def test_what_only_escalates_is_told_too() -> None:
    """A queue may have levels without promises."""
    level = {"trouble": "waiting", "after_s": 60, "actions": {"notify": {}}}
    world = World(an_escalating_desk(level, on_promises=False))
    world.message("kim")

    [found] = _asked(world).conversations

    assert (found.policy_id, found.escalation_policy_id) == (None, "help")


@pytest.mark.parametrize("cursor", ["kim", "12", "x.kim", "-1.kim", "\u0665.kim"])
def test_a_cursor_that_we_never_gave_out_is_refused(cursor: str) -> None:
    """With a typed error."""
    with pytest.raises(InvalidInputError):
        _asked(_written("kim"), cursor=cursor)


def test_a_cursor_behind_all_gives_an_empty_page() -> None:
    """What was there may have gone meanwhile."""
    assert _asked(_written("kim"), cursor="9999999999999.z").conversations == ()
