"""The planned garbage collection, with Python's real collector."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from libs.common import clock
from services.router.collector import (
    ALL_EVERY_S,
    LOOK_EVERY_S,
    RELEASE_WITHIN_S,
    PlannedCollector,
)


class Node:
    """Something that can be part of a circle."""

    def __init__(self) -> None:
        self.other = self


class Clocks:
    """The process's clocks in the test's hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s, self.used_s = 1_000.0, 0.0
        monkeypatch.setattr(clock, "monotonic_s", lambda: self.now_s)
        monkeypatch.setattr(clock, "processor_s", lambda: self.used_s)

    def pass_s(self, seconds: float, *, is_busy: bool) -> None:
        """Let time pass in which the process works all the time, or not at all."""
        self.now_s += seconds
        self.used_s += seconds if is_busy else 0.0


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    """The process's collector is given back as the tests found it."""
    was_enabled, thresholds = gc.isenabled(), gc.get_threshold()
    gc.collect()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    if was_enabled:
        gc.enable()


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """Clocks that stand still until told otherwise."""
    return Clocks(monkeypatch)


def test_nothing_is_looked_at_while_a_partition_is_loaded(clocks: Clocks) -> None:
    """It would all be young, and none of it garbage; it is set aside, and looks go on."""
    collector = PlannedCollector()
    collector.begin()

    with collector.loading(), collector.loading():
        loaded = _circle()
        clocks.pass_s(LOOK_EVERY_S, is_busy=True)
        collector.look()
    garbage = _circle()
    collector.look()

    assert loaded() is not None
    assert garbage() is None


def _circle() -> "weakref.ref[Node]":
    """Garbage that only the collector can find."""
    return weakref.ref(Node())


def test_nothing_is_collected_in_between(clocks: Clocks) -> None:  # noqa: ARG001 - they stand still
    """Once it has begun, allocations alone never start a collection."""
    PlannedCollector().begin()
    circle = _circle()

    kept = [[number] for number in range(200_000)]

    assert not gc.isenabled()
    assert circle() is not None
    assert len(kept) == 200_000


def test_a_busy_process_collects_its_young(clocks: Clocks) -> None:
    """The circle is found at the next look although the process never rests."""
    collector = PlannedCollector()
    collector.begin()
    circle = _circle()

    clocks.pass_s(LOOK_EVERY_S, is_busy=True)
    collector.look()

    assert circle() is None


def test_what_a_takeover_loaded_is_not_looked_at_again(clocks: Clocks) -> None:
    """It is set aside, so a full collection afterwards has nothing of it to go through."""
    collector = PlannedCollector()
    collector.begin()
    loaded = [[number] for number in range(100_000)]
    before = gc.get_freeze_count()

    collector.loaded()
    clocks.pass_s(LOOK_EVERY_S, is_busy=False)
    collector.look()

    assert gc.get_freeze_count() >= before + len(loaded)


def test_all_is_collected_when_there_is_little_to_do(clocks: Clocks) -> None:
    """Old circles wait until the process rests, and at least five minutes have passed."""
    collector = PlannedCollector()
    collector.begin()
    node = Node()
    circle = weakref.ref(node)
    collector.look()
    del node
    clocks.pass_s(ALL_EVERY_S, is_busy=True)
    collector.look()
    is_there_while_busy = circle() is not None

    clocks.pass_s(LOOK_EVERY_S, is_busy=False)
    collector.look()

    assert is_there_while_busy
    assert circle() is None


@pytest.mark.parametrize(("seconds", "is_busy"), [(LOOK_EVERY_S, False), (RELEASE_WITHIN_S, True)])
def test_an_ended_takeover_is_released_though_it_was_set_aside(
    clocks: Clocks, seconds: float, *, is_busy: bool
) -> None:
    """At the first rest, or after a minute without one."""
    collector = PlannedCollector()
    collector.begin()
    circle = _circle()
    collector.loaded()
    clocks.pass_s(ALL_EVERY_S, is_busy=False)
    collector.look()
    is_there_before = circle() is not None

    collector.ended()
    clocks.pass_s(seconds, is_busy=is_busy)
    collector.look()

    assert is_there_before
    assert circle() is None
