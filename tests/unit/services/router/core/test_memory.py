"""The memory of decided ids: finite, and the same live and restored."""

import pytest

from services.router.core import memory
from services.router.core.engine import Engine
from tests.unit.services.router.core.world import World, a_desk


def test_ids_beyond_the_window_are_forgotten_a_stretch_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory does not grow for ever, and time is what limits it."""
    monkeypatch.setattr(memory, "OFFSETS_PER_STRETCH", 4)
    world = World(a_desk())
    world.message("zoe", event_id="early")
    world.message("zoe")
    world.now_ms += memory.WINDOW_MS + 1
    for number in range(8):
        world.message(f"customer{number}")

    assert "early" not in world.engine.state.remembered
    assert world.message("zoe", event_id="early") != ()


def test_the_number_of_stretches_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood can't fill the memory either."""
    monkeypatch.setattr(memory, "OFFSETS_PER_STRETCH", 2)
    monkeypatch.setattr(memory, "STRETCHES_MAX", 3)
    world = World(a_desk())

    for number in range(20):
        world.message(f"customer{number}")

    assert len(world.engine.state.tables["remembered_ids"]) <= 3
    assert world.folded().canonical_hash() == world.engine.canonical_hash()


def test_a_restored_engine_recognises_repeats() -> None:
    """The memory is part of what is saved."""
    world = World(a_desk())
    world.message("zoe", event_id="same")
    restored = Engine.restore(world.engine.state.documents(), now_ms=world.engine.now_ms)

    assert memory.is_repeat(restored.state, "same")
