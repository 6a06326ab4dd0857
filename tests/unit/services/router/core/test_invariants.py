"""The checks themselves: a state that contradicts itself is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.common.contracts.terms import WorkItemState
from services.router.core.capacity import Held
from services.router.core.entities import Agent, Conversation, WorkItem
from services.router.core.invariants import InvariantViolatedError, check_all, check_touched
from services.router.core.populations import Idle, Seat
from services.router.core.state import PartitionState
from services.router.core.turn import Turn
from tests.unit.services.router.core.world import World, a_desk, offered

ANN = ("acme", "support", "ann")


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


def test_an_agent_who_is_given_more_than_fits_is_found() -> None:
    """I5: what a turn gave is checked before anybody learns of it."""
    world = World(a_desk())
    world.arrives("cem")
    first = offered(world.message("zoe"))
    world.message("yan")
    state = world.engine.state
    yan = next(item for item in state.work_items() if item.work_item_id != first.work_item_id)
    too_much = replace(first, work_item_id=yan.work_item_id, reservation_id="itm.9")

    Turn(state, event_id="x", event_offset=world.offset).emit(too_much)

    with pytest.raises(InvariantViolatedError, match="I5: agent cem: was given more than fits"):
        check_touched(state)


@pytest.mark.parametrize("is_agents", [True, False])
def test_an_agent_and_an_item_that_are_not_kept_for_each_other_are_found(
    *, is_agents: bool
) -> None:
    """R6: a hold has two ends."""
    world = World(a_desk())
    world.message("zoe")
    [item] = world.engine.state.work_items()
    ann = world.engine.state.need(Agent, "acme", "support", "ann")
    if is_agents:
        ann.kept_for = item.work_item_id
    else:
        item.capacity_agent_id = "ann"

    with pytest.raises(InvariantViolatedError, match="R6"):
        check_all(world.engine.state)


def _reserved_without_offer(state: PartitionState, item: WorkItem) -> None:
    item.state, item.agent_id = WorkItemState.RESERVED, None
    state.held[ANN].clear()


def _held_by_an_item_that_is_gone(state: PartitionState, _: WorkItem) -> None:
    state.held[ANN]["itm_gone"] = Held(1, "web_chat")


def _kept_while_owned(state: PartitionState, item: WorkItem) -> None:
    item.capacity_agent_id = "ann"
    state.need(Agent, *ANN).kept_for = item.work_item_id


def _held_for_an_agent_while_owned(_: PartitionState, item: WorkItem) -> None:
    item.hold_agent_id = "ann"


@pytest.mark.parametrize(
    ("contradict", "rule"),
    [
        (_reserved_without_offer, "I4: work item .*: offer"),
        (_held_by_an_item_that_is_gone, "I5: agent ann: leak"),
        (_kept_while_owned, "R6: work item .*: state"),
        (_held_for_an_agent_while_owned, "R11: work item .*: state"),
    ],
)
def test_a_contradiction_in_owned_work_is_found(
    contradict: Callable[[PartitionState, WorkItem], None], rule: str
) -> None:
    """The rule is named."""
    state = _state()
    [item] = state.work_items()
    contradict(state, item)

    with pytest.raises(InvariantViolatedError, match=rule):
        check_all(state)


def test_a_waiting_item_that_stands_in_no_line_is_found() -> None:
    """I8: nobody would ever look there."""
    world = World(a_desk())
    world.message("zoe")
    state = world.engine.state
    [item] = state.work_items()
    state.index_of(("acme", "support")).lines.remove(item.work_item_id)

    with pytest.raises(InvariantViolatedError, match=r"I8: work item .*: line"):
        check_all(state)


def test_an_absent_agent_who_is_kept_is_found() -> None:
    """R6: whoever leaves is kept for nothing."""
    world = World(a_desk())
    world.message("zoe")
    [item] = world.engine.state.work_items()
    _kept_while_owned(world.engine.state, item)

    with pytest.raises(InvariantViolatedError, match=r"R6: work item .*: absent agent"):
        check_all(world.engine.state)
