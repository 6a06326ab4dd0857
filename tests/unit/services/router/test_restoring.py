"""Restoring beside the event loop."""

import asyncio
import threading
from collections.abc import Iterable

import pytest

from libs.common.decision_log import LogPosition
from services.router.core.engine import Engine
from services.router.core.ownership_effects import StoredSave
from services.router.core.state import Change
from services.router.restoring import Restorer


def _a_save(now_ms: int) -> StoredSave:
    replica = b'{"replica_id": "n-0", "seen_ms": %d}' % now_ms
    return StoredSave(
        position=LogPosition(now_ms=now_ms), documents=(Change("replica", "n-0", replica),)
    )


async def test_the_loop_goes_on_while_a_save_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the loop does in between is what lets the restoring end."""
    went_on = threading.Event()

    def restore(_: Iterable[Change], *, now_ms: int) -> Engine:
        del now_ms
        assert went_on.wait(timeout=10)
        return Engine()

    monkeypatch.setattr(Engine, "restore", restore)
    asyncio.get_running_loop().call_soon(went_on.set)

    async with Restorer().prepared(_a_save(1)):
        assert went_on.is_set()


async def test_a_prepared_engine_is_given_once() -> None:
    """A second asking restores anew: an engine is one takeover's own."""
    restorer, save = Restorer(), _a_save(7)

    async with restorer.prepared(save):
        ready = list(restorer._ready.values())
        first = restorer.restore(save.documents, 7)
        second = restorer.restore(save.documents, 7)

    assert ready == [first]
    assert second is not first
    assert first.canonical_hash() == second.canonical_hash()


async def test_an_engine_that_nobody_asked_for_is_forgotten() -> None:
    """A takeover that ended meanwhile leaves nothing behind."""
    restorer = Restorer()

    async with restorer.prepared(_a_save(7)):
        pass

    assert restorer._ready == {}


@pytest.mark.parametrize("save", [None, StoredSave(position=LogPosition(), documents=())])
async def test_nothing_is_prepared_where_nothing_was_saved(save: StoredSave | None) -> None:
    """A partition without a save begins with an engine of its own."""
    restorer = Restorer()

    async with restorer.prepared(save):
        assert restorer._ready == {}
        assert restorer.restore((), 5).now_ms == 5
