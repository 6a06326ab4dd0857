"""A save as the engine that it is, restored while it is read."""

import pytest

from services.router.core.engine import Engine
from services.router.core.state import Change
from services.router.restoring import Restored, restore

DOCUMENTS = (Change("replica", "n-0", b'{"replica_id": "n-0", "seen_ms": 7}'),)


def test_documents_are_let_go_as_they_become_entities() -> None:
    """They are gone through once, so nobody has to keep them."""
    restored = Restored(iter(DOCUMENTS), 7)

    assert [(one.kind, one.id) for one in restored] == [("replica", "n-0")]
    assert restore(restored, 7).canonical_hash() == restore(DOCUMENTS, 7).canonical_hash()


def test_a_restored_engine_is_given_away_once() -> None:
    """Who has it may have changed it: a second asking is a bug that must not pass unseen."""
    restored = Restored(DOCUMENTS, 7)
    engine = restore(restored, 7)
    assert (type(engine), engine.now_ms) == (Engine, 7)

    for ask in (restored.take, lambda: list(restored)):
        with pytest.raises(LookupError, match="given away once"):
            ask()


def test_of_nothing_an_engine_begins_that_is_nobody_elses() -> None:
    """A partition without a save begins with an engine of its own."""
    first, second = restore((), 5), restore((), 5)

    assert (first.now_ms, first is second) == (5, False)
