"""What the probes learn."""

import asyncio

import pytest

from libs.common import clock, health
from libs.common.errors import UnavailableError
from libs.common.health import Health


async def good() -> None:
    """A check that holds."""


async def bad() -> None:
    """A check that does not."""
    raise UnavailableError("no broker")


async def test_ready_while_all_checks_hold() -> None:
    """No check, or only good ones: ready."""
    state = Health()
    state.add_check("kafka", good)

    assert (await state.readiness()).is_ready


async def test_failed_check_is_named_with_its_reason() -> None:
    """The reason is the check's own sentence."""
    state = Health()
    state.add_check("kafka", bad)
    state.add_check("mongodb", good)

    readiness = await state.readiness()

    assert not readiness.is_ready
    assert readiness.reasons == {"kafka": "no broker"}


async def test_check_that_hangs_counts_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe is answered in time whatever a dependency does."""
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.01)
    state = Health()
    state.add_check("kafka", lambda: asyncio.sleep(60))

    assert (await state.readiness()).reasons == {"kafka": "no answer within 0.01 s"}


async def test_answer_is_kept_for_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes don't load the dependencies."""
    now_s = 100.0
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s)
    calls = 0

    async def counted() -> None:
        nonlocal calls
        calls += 1

    state = Health()
    state.add_check("kafka", counted)
    await state.readiness()
    await state.readiness()
    assert calls == 1

    now_s = 103.0
    await state.readiness()
    assert calls == 2


async def test_own_state_wins_over_the_checks() -> None:
    """Starting, leaving and failed are told at once, each in its turn."""
    state = Health()
    state.starting()
    assert (await state.readiness()).reasons == {"process": "starting"}

    state.started()
    assert (await state.readiness()).is_ready

    state.draining()
    assert (await state.readiness()).reasons == {"process": "leaving"}

    state.fail("the log contradicts itself")
    state.fail("a later reason")
    assert state.failed.is_set()
    assert (await state.readiness()).reasons == {"process": "the log contradicts itself"}


async def test_life_is_the_event_loops_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a beat for 15 s the process counts as dead; a beat revives it."""
    now_s = 0.0
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s)
    state = Health()
    assert state.is_live

    now_s = 16.0
    assert not state.is_live

    beating = asyncio.create_task(state.beat())
    await asyncio.sleep(0)
    assert state.is_live
    beating.cancel()


def test_claims_of_checks() -> None:
    """`require` raises what the probes understand."""
    health.require(True, "never told")  # noqa: FBT003

    with pytest.raises(UnavailableError, match="not assigned"):
        health.require(False, "not assigned")  # noqa: FBT003
