"""Places in a queue: right where the measure tells, sensible between, never in contradiction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.decisions import QueueMeasured
from services.notifier.core.places import Position, Standing, position_of
from tests.unit.services.notifier.builders import queue_measured

MEASURED = queue_measured((1, 3, 500), (2, 5, 100), (5, 5, 400), (10, 5, 900), (14, 6, 50))
# A line in its order, and what the router measures of it.
LINES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=60)


def place(strict_class: int, virtual_time_ms: int, measured: QueueMeasured = MEASURED) -> int:
    """The place of an item with this class and virtual time."""
    standing = Standing(strict_class=strict_class, virtual_time_ms=virtual_time_ms)
    return position_of(measured, standing).position


def measure(line: list[tuple[int, int]]) -> QueueMeasured:
    """What the router would say of this line."""
    told = sorted({n for n in (1, 2, 5, 10, 20, 50) if n < len(line)} | {len(line)})
    return queue_measured(*((n, *line[n - 1]) for n in told))


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ((3, 500), 1),
        ((5, 100), 2),
        ((5, 900), 10),
        ((6, 50), 14),
        ((0, 0), 1),
        ((5, 200), 3),
        ((5, 250), 4),
        ((5, 650), 8),
        ((4, 0), 2),
        ((5, 1_000), 12),
        ((6, 51), 15),
        ((9, 0), 15),
    ],
)
def test_place_is_that_of_the_measure_or_between_its_neighbours(
    standing: tuple[int, int], expected: int
) -> None:
    """Exact where told, in proportion within a class, in the middle between two, 1 more behind."""
    assert place(*standing) == expected


def test_empty_queue_puts_everybody_first() -> None:
    """Who came after the measure of an empty queue is the first."""
    assert place(5, 1, queue_measured()) == 1


def test_wait_is_what_the_queue_took_for_so_many() -> None:
    """One a minute: fourteen places are fourteen minutes; and the waiting include oneself."""
    last = position_of(MEASURED, Standing(strict_class=6, virtual_time_ms=50))
    behind = position_of(MEASURED, Standing(strict_class=7, virtual_time_ms=0))

    assert last == Position(position=14, waiting=14, estimated_wait_s=14 * 60)
    assert (behind.position, behind.waiting) == (15, 15)


def test_queue_without_pace_promises_nothing() -> None:
    """Nobody was served for minutes: any number would be made up."""
    measured = queue_measured((1, 5, 0), served=0)

    position = position_of(measured, Standing(strict_class=5, virtual_time_ms=0))

    assert position.estimated_wait_s is None


@given(LINES, st.tuples(st.integers(-1, 4), st.integers(-1, 41)))
def test_place_lies_within_bounds(line: list[tuple[int, int]], standing: tuple[int, int]) -> None:
    """From 1 to one behind the last, whatever the line and whoever asks."""
    assert 1 <= place(*standing, measure(sorted(line))) <= len(line) + 1


@given(LINES)
def test_places_follow_the_order_of_the_line(line: list[tuple[int, int]]) -> None:
    """Who stands before somebody never has the higher place."""
    line.sort()

    places = [place(*standing, measure(line)) for standing in line]

    assert places == sorted(places)


@given(LINES)
def test_estimate_stays_between_the_places_that_were_told(line: list[tuple[int, int]]) -> None:
    """It is off by no more than the gap between two places of the measure."""
    line.sort()
    told = [n for n, _, _ in measure(line).places]

    for true_place, standing in enumerate(line, 1):
        first_of_equals = line.index(standing) + 1
        lowest = max((n for n in told if n <= first_of_equals), default=1)
        highest = min(n for n in told if n >= true_place)
        assert lowest <= place(*standing, measure(line)) <= highest
