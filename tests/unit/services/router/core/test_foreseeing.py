"""Promises at risk by the queue's pace: once each, bounded, and only where there is a pace."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import Presence, SlaTarget
from services.router.core import foreseeing
from services.router.core.entities import QueuePace
from services.router.core.foreseeing import foresee
from services.router.core.turn import DECISIONS_BEFORE_PAUSE, Turn
from tests.unit.services.router.core.desks import at_work, busy
from tests.unit.services.router.core.promised_desks import (
    OFFICE,
    Part,
    a_promising_desk,
    closes,
    fired_in,
    tells_the_same,
)
from tests.unit.services.router.core.world import START_MS, World

QUICK: Part = {
    "sla_policy_id": "quick",
    "first_response_s": 400,
    "next_response_s": 400,
    "resolution_s": 500,
    "at_risk_share": 0.9,
}


def a_pace_of_one(**changes: object) -> World:
    """One was served in the last five minutes, by ann, who is away now."""
    world = at_work(a_promising_desk(QUICK, **changes), "ann")
    closes(world, busy(world, "xia"))
    world.presence("ann", Presence.AWAY)
    return world


def foreseen(decisions: tuple[d.AnyDecision, ...]) -> list[d.SlaAtRisk]:
    """What is at risk by prediction."""
    return [one for one in decisions if isinstance(one, d.SlaAtRisk) and one.cause == "predicted"]


def test_whose_turn_comes_too_late_is_at_risk_at_once() -> None:
    """The first is expected in 300 s, in time; the second in 600 s, after the due time. That the
    whole takes longer than promised does not follow from the queue.
    """
    world = a_pace_of_one()
    began_ms = world.now_ms
    world.message("yan")
    world.message("zoe")

    [zoe] = foreseen(world.tick(after_s=10))

    assert (zoe.target, zoe.at_risk_ms) == (SlaTarget.FIRST_RESPONSE, began_ms + 10_000)
    assert (zoe.due_ms, zoe.expected_ms) == (began_ms + 400_000, began_ms + 610_000)
    world.message("ada")
    [ada] = foreseen(world.tick(after_s=10))
    assert ada.expected_ms == began_ms + 920_000
    tells_the_same(world)


def test_it_escalates_like_any_other_risk() -> None:
    """And what the share would say later is not said again."""
    level = {"trouble": "at_risk", "actions": {"notify": {}}}
    world = a_pace_of_one(
        sla_policies=[{**QUICK, "escalation": "help"}],
        escalation_policies=[{"escalation_policy_id": "help", "levels": [level]}],
    )
    world.message("yan")
    world.message("zoe")

    assert fired_in((*world.tick(after_s=10), *world.tick())) == ["1.0", "alert 1: 1"]
    later = world.tick(after_s=360)
    assert [one.cause for one in later if isinstance(one, d.SlaAtRisk)] == ["share"]
    tells_the_same(world)


def test_without_a_pace_nothing_is_foreseen() -> None:
    """Nobody was served lately, or the queue is closed."""
    world = World(a_promising_desk(QUICK))
    for name in ("yan", "zoe"):
        world.message(name)
    assert foreseen(world.tick(after_s=10)) == []

    queues = [{"queue_id": "general", "calendar": "late"}, {"queue_id": "billing"}]
    late = {**OFFICE, "calendar_id": "late", "opening": {"tuesday": ["22:00-22:14"]}}
    world = a_pace_of_one(queues=queues, calendars=[OFFICE, late])
    world.tick(after_s=40)
    for name in ("yan", "zoe"):
        world.message(name)
    assert foreseen(world.tick(after_s=10)) == []


def test_a_desk_that_promises_nothing_to_these_foresees_nothing() -> None:
    """Others' conversations may be promised something."""
    world = a_pace_of_one(sla_policies=[{**QUICK, "when": {"channel": ["email"]}}])
    world.message("mia", channel="email")
    world.message("yan")
    world.message("zoe")

    assert foreseen(world.tick(after_s=10)) == []


def test_the_turn_ends_when_its_record_is_full() -> None:
    """The others are looked at at the next measure (R2)."""
    world = a_pace_of_one()
    for number in range(DECISIONS_BEFORE_PAUSE + 30):
        world.message(f"zoe{number}")

    first = len(foreseen(world.tick(after_s=10)))
    assert first == DECISIONS_BEFORE_PAUSE - 1
    world.message("ada")
    assert len(foreseen(world.tick(after_s=10))) == 31
    tells_the_same(world)


def test_a_long_queue_is_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each measure one part, the next the next."""
    monkeypatch.setattr(foreseeing, "EXAMINED_MAX", 2)
    world = a_pace_of_one()
    for number in range(5):
        world.message(f"zoe{number}")
    state = world.engine.state
    pace = state.need(QueuePace, "acme", "support", "general")
    order = state.index_of(("acme", "support")).lines.in_order("general")
    found = []
    for part in range(3):
        state.now_ms = START_MS - START_MS % 30_000 + 30_000 + part * 10_000
        turn = Turn(state, event_id="tick", event_offset=99)
        foresee(turn, pace, order, served=1)
        found.append(len(foreseen(tuple(turn.decisions))))

    assert found == [1, 2, 1]
