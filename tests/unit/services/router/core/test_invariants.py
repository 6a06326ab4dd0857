"""The checks themselves: a state that contradicts itself is found."""

import pytest

from services.router.core.bench import Idle, Seat
from services.router.core.entities import Agent, Conversation
from services.router.core.invariants import InvariantViolatedError, check_all
from services.router.core.state import PartitionState
from tests.unit.services.router.core.world import World, a_desk, offered


def _state() -> PartitionState:
    world = World(a_desk())
    world.arrives("ann")
    world.accept(offered(world.message("zoe")))
    return world.engine.state


def test_a_leaked_unit_is_found() -> None:
    """I5: the load is what the items hold."""
    state = _state()
    [item] = state.work_items()
    item.held_units += 1

    with pytest.raises(InvariantViolatedError, match="I5"):
        check_all(state)


def test_an_item_without_its_owner_is_found() -> None:
    """I4: an assigned item has one owner."""
    state = _state()
    [item] = state.work_items()
    item.agent_id = None

    with pytest.raises(InvariantViolatedError, match="I4"):
        check_all(state)


def test_an_item_that_waits_beside_a_free_agent_is_found() -> None:
    """I8: the heart of routing."""
    world = World(a_desk())
    world.message("zoe")
    agent = world.engine.state.need(Agent, "acme", "support", "ann")
    index = world.engine.state.index_of(("acme", "support"))
    index.bench.put(
        index.profiles.of_agent["ann"],
        Seat(Idle(0, agent.agent_id), 1, 4, occupied_permille=0, is_kept=False),
    )

    with pytest.raises(InvariantViolatedError, match="I8"):
        check_all(world.engine.state)


def test_a_conversation_that_its_contact_point_does_not_know_is_found() -> None:
    """I4: one contact point, one open conversation."""
    state = _state()
    for key in state.tables["conversation"]:
        state.need(Conversation, *key).contact_point_id = "ctp_other"

    with pytest.raises(InvariantViolatedError, match="I4"):
        check_all(state)
