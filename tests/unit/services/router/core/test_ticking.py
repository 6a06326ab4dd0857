"""What falls due: fired by ticks, in order, once."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence, ReservationOutcome, Role
from services.router.core import ticking, turn
from tests.unit.services.router.core.world import World, a_desk, offered, types


def test_a_tick_before_anything_is_due_leaves_an_empty_record() -> None:
    """A tick carries no time and nothing happens early."""
    world = World(a_desk())
    world.arrives("ann")
    world.message("zoe")

    assert world.tick(after_s=19.999) == ()


def test_an_unanswered_offer_times_out_and_goes_to_the_next() -> None:
    """The reservation is a lease."""
    world = World(a_desk())
    world.arrives("ann")
    world.arrives("bob")
    world.message("zoe")

    decisions = world.tick(after_s=20)

    assert types(decisions) == ["reservation_ended", "work_item_queued", "reservation_opened"]
    assert isinstance(decisions[0], d.ReservationEnded)
    assert decisions[0].outcome is ReservationOutcome.TIMED_OUT
    assert offered(decisions).agent_id == "bob"


def test_too_many_silences_in_a_row_set_the_agent_away() -> None:
    """R16: ring-no-answer; the agent is not asked again until available by own word."""
    world = World(a_desk(policies={"ring_no_answer_max": 1}))
    world.arrives("ann")
    world.message("zoe")

    decisions = world.tick(after_s=20)

    assert types(decisions)[:2] == ["reservation_ended", "agent_presence_changed"]
    assert isinstance(decisions[1], d.AgentPresenceChanged)
    assert (decisions[1].presence, decisions[1].cause) == (Presence.AWAY, "ring_no_answer")
    assert "reservation_opened" not in types(decisions)


def test_an_item_that_waits_too_long_escalates_once() -> None:
    """I6: once, with the roles of its queue."""
    world = World(a_desk())
    world.message("zoe")

    decisions = world.tick(after_s=61)

    [fired] = decisions
    assert isinstance(fired, d.EscalationFired)
    assert fired.notify_roles == (Role.SUPERVISOR,)
    assert fired.waited_ms == 61_000
    assert world.now_ms - fired.due_ms == 1_000
    assert world.tick(after_s=600) == ()


def test_an_assigned_item_does_not_escalate() -> None:
    """Completion of the wait cancels its escalation (R26)."""
    world = World(a_desk())
    world.arrives("ann")
    world.accept(offered(world.message("zoe")))

    assert world.tick(after_s=61) == ()


def test_refusals_expire_and_the_item_is_offered_again() -> None:
    """R12: after 120 s the agent who refused may be asked again."""
    world = World(a_desk(queues=[{"queue_id": "general"}, {"queue_id": "billing"}]))
    world.arrives("cem")
    world.accept(offered(world.message("yan")))
    world.arrives("ann")
    world.reject(offered(world.message("zoe")))

    decisions = world.tick(after_s=120)

    assert types(decisions) == ["refusals_forgotten", "reservation_opened"]
    assert offered(decisions).agent_id == "ann"


def test_refusals_expire_while_another_agent_thinks() -> None:
    """An offered item forgets as well, and stays offered."""
    desk = a_desk(
        queues=[{"queue_id": "general", "offer": {"timeout_s": 300}}],
        rules=[],
        agents=[{"agent_id": one, "queues": {"general": 1}} for one in ("ann", "bob")],
    )
    world = World(desk)
    world.arrives("ann")
    world.arrives("bob")
    world.reject(offered(world.message("zoe")))

    assert types(world.tick(after_s=120)) == ["refusals_forgotten"]


def test_a_wrap_up_ends_at_its_limit() -> None:
    """R17: full weight until the code is given or the limit passes."""
    world = World(a_desk())
    world.arrives("bob")
    offer = offered(world.message("zoe", topic="billing"))
    world.accept(offer)
    world.hear(e.CloseRequested(agent_id="bob", conversation_id=offer.conversation_id))

    assert types(world.tick(after_s=30)) == ["work_item_completed"]


def test_a_record_holds_a_bounded_part_of_what_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """R2: the rest stays due and goes on with the next tick."""
    monkeypatch.setattr(turn, "DECISIONS_BEFORE_PAUSE", 3)
    world = World(a_desk())
    for number in range(8):
        world.message(f"customer{number}")
    world.tick()

    fired = [len(world.tick(after_s=61)), *(len(world.tick()) for _ in range(3))]

    assert fired == [3, 3, 2, 0]


def test_a_tick_fires_a_bounded_number_of_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    """R2: even deadlines that cause little."""
    monkeypatch.setattr(ticking, "DEADLINES_PER_TICK_MAX", 2)
    world = World(a_desk())
    for number in range(3):
        world.message(f"customer{number}")
    world.tick()

    assert [len(world.tick(after_s=61)), len(world.tick())] == [2, 1]
