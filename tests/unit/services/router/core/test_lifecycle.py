"""The transition table: only what it names may happen, and anything else changes nothing."""

import itertools

import pytest

from libs.common.contracts.terms import WorkItemState
from libs.common.errors import IllegalTransitionError
from services.router.core.evolve_items import change_item
from services.router.core.lifecycle import TRANSITIONS, check_move
from tests.unit.services.router.core.world import World, a_desk

ILLEGAL = [
    (before, after)
    for before, after in itertools.product(TRANSITIONS, WorkItemState)
    if after not in TRANSITIONS[before]
]


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_an_illegal_move_raises(before: WorkItemState | None, after: WorkItemState) -> None:
    """Every move outside the table is a bug of ours and says which."""
    with pytest.raises(IllegalTransitionError, match=f"itm_1: {before} -> {after}"):
        check_move("itm_1", before, after)


def test_an_illegal_move_changes_nothing() -> None:
    """The item stays as it was."""
    world = World(a_desk())
    world.message("zoe")
    [item] = world.engine.state.work_items()
    before = world.engine.state.documents()

    with pytest.raises(IllegalTransitionError):
        change_item(world.engine.state, item.work_item_id, WorkItemState.WRAPPING_UP)

    assert world.engine.state.documents() == before


def test_every_state_is_in_the_table() -> None:
    """A new state without a row would never be left."""
    assert set(TRANSITIONS) == {None, *WorkItemState}
