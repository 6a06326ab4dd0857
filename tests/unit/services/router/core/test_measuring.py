"""What readers are told of a queue: seldom, and enough to interpolate (R27)."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from services.router.core.measuring import places_told
from tests.unit.services.router.core.desks import a_desk_of, at_work, busy
from tests.unit.services.router.core.world import World


@pytest.mark.parametrize(
    ("waiting", "places"),
    [
        (0, []),
        (1, [1]),
        (2, [1, 2]),
        (3, [1, 2, 3]),
        (10, [1, 2, 5, 10]),
        (137, [1, 2, 5, 10, 20, 50, 100, 137]),
    ],
)
def test_places_are_told_in_ones_twos_and_fives_and_the_last(
    waiting: int, places: list[int]
) -> None:
    """Few numbers for any length."""
    assert list(places_told(waiting)) == places


def _measured(world: World, *, after_s: int = 0) -> list[d.QueueMeasured]:
    world.now_ms += after_s * 1_000
    decisions = world.hear(e.ClockTicked(owner="owner"))
    return [one for one in decisions if isinstance(one, d.QueueMeasured)]


def test_a_queue_is_measured_with_who_stands_where() -> None:
    """Strict class and virtual time at each place."""
    world = World(a_desk_of())
    begun_ms = world.now_ms
    for number in range(3):
        world.message(f"customer{number}")
        world.now_ms += 1_000

    [measured] = _measured(world)

    assert (measured.waiting, measured.served, measured.served_over_s) == (3, 0, 300)
    assert measured.places == ((1, 5, begun_ms), (2, 5, begun_ms + 1_000), (3, 5, begun_ms + 2_000))


def test_a_queue_is_measured_at_most_every_ten_seconds_and_only_when_it_changed() -> None:
    """R27: and once more when it is empty again."""
    world = World(a_desk_of())
    world.message("zoe")
    assert len(_measured(world)) == 1
    world.message("yan")

    assert len(_measured(world, after_s=9)) == 0
    assert len(_measured(world, after_s=1)) == 1
    assert len(_measured(world, after_s=30)) == 0

    world.arrives("ann")
    [emptied] = _measured(world)
    assert (emptied.waiting, emptied.places) == (0, ())
    assert world.engine.next_deadline_ms() == world.now_ms + 15_000


def test_served_counts_the_assignments_of_the_last_five_minutes() -> None:
    """In stretches of half a minute; older ones are forgotten."""
    world = at_work(a_desk_of(), "ann")
    for customer, after_s in (("x", 0), ("y", 5), ("z", 60)):
        world.tick(after_s=after_s)
        busy(world, customer)

    counts = []
    for number in range(4):
        world.now_ms += 80_000
        world.message(f"customer{number}")
        counts += [one.served for one in _measured(world)]

    assert counts == [3, 3, 1, 0]
