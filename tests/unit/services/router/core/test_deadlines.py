"""Everything that falls due: one deadline of a kind for each key, earliest first."""

import pytest

from services.router.core import deadlines
from services.router.core.deadlines import Deadline, DeadlineKind, Deadlines

ITEM, MEASURE = DeadlineKind.ITEM, DeadlineKind.MEASURE


def test_a_moved_deadline_falls_due_at_its_new_time_only() -> None:
    """Earlier or later."""
    due = Deadlines()
    due.set(ITEM, ("a",), 10)
    due.set(ITEM, ("b",), 20)
    due.set(ITEM, ("a",), 30)
    assert due.first() == Deadline(20, ITEM, ("b",))

    due.set(ITEM, ("b",), 5)

    assert due.all() == [Deadline(5, ITEM, ("b",)), Deadline(30, ITEM, ("a",))]


def test_a_removed_deadline_never_falls_due() -> None:
    """Removing one that is not there is nothing."""
    due = Deadlines()
    due.set(ITEM, ("a",), 10)

    for _ in range(2):
        due.set(ITEM, ("a",), None)

    assert (due.first(), due.all()) == (None, [])


def test_deadlines_of_the_same_moment_have_a_fixed_order() -> None:
    """By kind, then by key, whoever came first."""
    due = Deadlines()
    for kind, key in ((MEASURE, "a"), (ITEM, "b"), (ITEM, "a")):
        due.set(kind, (key,), 10)

    order = []
    while (first := due.first()) is not None:
        order.append((first.kind, *first.key))
        due.set(first.kind, first.key, None)

    assert order == [(ITEM, "a"), (ITEM, "b"), (MEASURE, "a")]


def test_deadlines_that_keep_moving_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they leave behind is cleared away, and the order stays."""
    monkeypatch.setattr(deadlines, "STALE_MIN", 2)
    due = Deadlines()
    due.set(ITEM, ("b",), 2_000)

    for due_ms in range(1_000):
        due.set(ITEM, ("a",), due_ms)

    assert len(due._heap) <= 3 * 2 + 2
    assert due.first() == Deadline(999, ITEM, ("a",))
