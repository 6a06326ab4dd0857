"""What an agent has room for beside the rest: asked when a parked conversation comes back."""

import pytest

from libs.common.contracts import events as e
from tests.unit.services.router.core.desks import Part, a_desk_of, at_work, busy
from tests.unit.services.router.core.world import types

ONE: dict[str, Part] = {"ann": {"capacity_units": 2}}


def test_unparking_keeps_to_the_limit_of_the_channel() -> None:
    """R10, R17: room of the channel counts as units do."""
    ann: dict[str, dict[str, object]] = {"ann": {"channels": {"web_chat": 1}}}
    world = at_work(a_desk_of(agents=ann), "ann")
    world.hear(e.ParkRequested(**busy(world, "zoe")))
    busy(world, "yan")

    assert types(world.message("zoe"))[-1] == "work_item_held"


@pytest.mark.parametrize(
    ("units", "weight", "parked", "follows"),
    [
        (3, 2, 0, "work_item_resumed"),
        (2, 2, 0, "work_item_held"),
        (3, 2, 1, "work_item_resumed"),
        (4, 3, 1, "work_item_resumed"),
        (3, 3, 1, "work_item_held"),
    ],
)
def test_unparking_needs_what_is_missing_to_the_full_weight(
    units: int, weight: int, parked: int, follows: str
) -> None:
    """R17: what the parked item holds already counts for it; one unit goes to somebody else."""
    desk = a_desk_of(
        agents={"ann": {"capacity_units": max(units, weight)}},
        capacity_weights={"web_chat": weight, "telegram": 1},
        policies={"parked_weight": parked},
    )
    world = at_work(desk, "ann")
    world.hear(e.ParkRequested(**busy(world, "zoe")))
    busy(world, "yan", channel="telegram")

    assert types(world.message("zoe"))[-1] == follows
