"""Levels that fire: exactly once for each key, what they do, and one alert for many (R26)."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Role, Trouble
from services.router.core.escalating import fire_escalation
from services.router.core.escalation_chains import stop_levels
from services.router.core.turn import Turn
from tests.unit.services.router.core.desks import (
    at_work,
    busy,
    configure,
    only_item,
    reservations,
)
from tests.unit.services.router.core.promised_desks import (
    Part,
    an_escalating_desk,
    fired_in,
    parks,
    replies,
    tells_the_same,
    ticks,
)
from tests.unit.services.router.core.world import START_MS, World, contact_point, types

TELL: Part = {"actions": {"notify": {"collect_s": 0}}}
WAITS: Part = {"trouble": "waiting", "after_s": 60, **TELL}
TWO_AGENTS = [{"agent_id": name, "queues": {"general": 1}} for name in ("ann", "bob")]


def one(decisions: tuple[d.AnyDecision, ...], kind: type[d.EscalationFired]) -> d.EscalationFired:
    """The only decision of this kind."""
    [found] = [decision for decision in decisions if isinstance(decision, kind)]
    return found


def test_a_wait_escalates_once_when_it_is_due() -> None:
    """Its key and its instant stand in the decision; who is told, in the alert."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")

    assert fired_in(world.tick(after_s=59.9)) == []
    decisions = world.tick(after_s=0.1)
    assert fired_in(decisions) == ["1.0", "alert 1: 1"]
    fired = one(decisions, d.EscalationFired)
    assert (fired.policy_id, fired.terms_id, fired.trouble) == ("help", "help@1", Trouble.WAITING)
    assert (fired.since_ms, fired.due_ms) == (START_MS, START_MS + 60_000)
    assert (fired.notify_roles, fired.again_ms) == ((), None)
    [alert] = [one for one in decisions if isinstance(one, d.EscalationAlerted)]
    assert (alert.notify_roles, alert.ways) == ((Role.SUPERVISOR,), ("stream", "webhook"))
    assert fired_in(world.tick(after_s=6_000)) == []
    tells_the_same(world)


def test_a_level_repeats_as_often_as_it_says() -> None:
    """Each repeat is a key of its own."""
    level = {**WAITS, "repeat_every_s": 30, "repeats": 2}
    world = World(an_escalating_desk(level, on_promises=False))
    world.message("zoe")
    world.tick(after_s=60)

    assert fired_in(world.tick(after_s=29)) == []
    assert fired_in(world.tick(after_s=1)) == ["1.1", "alert 1: 1"]
    assert fired_in(world.tick(after_s=30)) == ["1.2", "alert 1: 1"]
    assert fired_in(world.tick(after_s=600)) == []
    tells_the_same(world)


def test_after_an_outage_repeats_do_not_come_all_at_once() -> None:
    """The next counts from the firing, not from when it should have been."""
    level = {**WAITS, "repeat_every_s": 30, "repeats": 9}
    world = World(an_escalating_desk(level, on_promises=False))
    world.message("zoe")

    assert fired_in(world.tick(after_s=1_000)) == ["1.0", "alert 1: 1"]
    assert fired_in(world.tick(after_s=29)) == []
    assert fired_in(world.tick(after_s=1)) == ["1.1", "alert 1: 1"]


def test_a_restart_between_two_firings_fires_nothing_twice() -> None:
    """What has fired is state, and an engine that was folded anew decides the same."""
    level = {**WAITS, "repeat_every_s": 30, "repeats": 1}
    world = World(an_escalating_desk(level, on_promises=False))
    world.message("zoe")
    world.tick(after_s=60)
    world.engine = world.folded()

    assert fired_in(world.tick()) == []
    assert fired_in(world.tick(after_s=30)) == ["1.1", "alert 1: 1"]
    assert fired_in(world.tick(after_s=300)) == []


def test_many_in_the_same_trouble_are_one_alert_with_a_count() -> None:
    """Each firing is on the log; people are told once, with the first few by name."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    for number in range(20):
        world.message(f"customer-{number}")

    decisions = world.tick(after_s=60)

    assert fired_in(decisions) == ["1.0"] * 20 + ["alert 1: 20"]
    [alert] = [one for one in decisions if isinstance(one, d.EscalationAlerted)]
    assert len(alert.work_item_ids) == len(alert.conversation_ids) == 16


def test_a_level_without_notify_tells_nobody() -> None:
    """It raises the priority, and that is all."""
    level = {"trouble": "waiting", "after_s": 60, "actions": {"strict_class": 1, "credit_s": 120}}
    world = World(an_escalating_desk(level, on_promises=False))
    world.message("zoe")

    decisions = world.tick(after_s=60)

    assert types(decisions) == ["escalation_fired", "work_item_relaxed"]
    item = only_item(world)
    assert (item.strict_class, item.virtual_time_ms) == (1, START_MS - 120_000)
    tells_the_same(world)


def test_an_assigned_item_waits_no_longer() -> None:
    """The answer wins: nothing is pending once somebody has it."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")
    world.now_ms += 59_000
    [offer] = reservations(world.arrives("ann"))
    world.accept(offer)

    assert fired_in(world.tick(after_s=600)) == []


def test_accepted_before_the_tick_the_acceptance_wins() -> None:
    """Due and answered in the same record (R26)."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")
    world.now_ms += 59_000
    [offer] = reservations(world.arrives("ann"))
    world.now_ms += 1_000

    assert fired_in(world.accept(offer)) == []
    assert fired_in(world.tick()) == []


def test_a_wait_that_goes_on_after_an_offer_keeps_its_levels() -> None:
    """A refusal begins no new wait: what has fired has fired."""
    world = at_work(an_escalating_desk(WAITS, on_promises=False), "ann")
    [offer] = reservations(world.message("zoe"))
    world.now_ms += 10_000
    world.reject(offer)

    assert fired_in(world.tick(after_s=50)) == ["1.0", "alert 1: 1"]
    assert fired_in(world.tick(after_s=600)) == []


def test_closing_cancels_what_is_pending() -> None:
    """Completion cancels (R26); the item leaves no deadline behind."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")

    decisions = world.hear(e.ContactEnded(contact_point_id=contact_point("zoe")))

    assert "escalation_stopped" in types(decisions)
    assert not world.engine.state.tables["escalation"]
    assert fired_in(world.tick(after_s=600)) == []
    tells_the_same(world)


def test_promises_at_risk_and_broken_escalate() -> None:
    """Each trouble by its own level and delay, while an owner has the conversation."""
    levels = (
        {"trouble": "at_risk", **TELL},
        {"trouble": "breached", "after_s": 10, **TELL},
    )
    world = at_work(an_escalating_desk(*levels), "ann")
    owned = busy(world, "zoe")

    assert fired_in(ticks(world, after_s=80)) == ["1.0", "alert 1: 1"]
    assert fired_in(ticks(world, after_s=20)) == []
    assert fired_in(ticks(world, after_s=10)) == ["2.0", "alert 2: 1"]
    replies(world, owned)
    tells_the_same(world)


def test_an_answer_ends_the_trouble() -> None:
    """A breach that is answered before its level is due does not escalate."""
    world = at_work(an_escalating_desk({"trouble": "breached", "after_s": 10, **TELL}), "ann")
    owned = busy(world, "zoe")
    world.tick(after_s=101)

    replies(world, owned)

    assert fired_in(world.tick(after_s=100)) == []


def test_a_later_trouble_of_the_same_conversation_escalates_anew() -> None:
    """The next response is another promise; the key is counted for each trouble."""
    world = at_work(an_escalating_desk({"trouble": "breached", **TELL}), "ann")
    owned = busy(world, "zoe")
    assert fired_in(ticks(world, after_s=100)) == ["1.0", "alert 1: 1"]
    replies(world, owned)
    world.message("zoe")

    assert fired_in(ticks(world, after_s=50)) == ["1.0", "alert 1: 1"]
    tells_the_same(world)


def test_a_parked_conversation_is_not_at_risk() -> None:
    """It is the customer's turn; when they answer, the level is due again."""
    world = at_work(an_escalating_desk({"trouble": "at_risk", "after_s": 10, **TELL}), "ann")
    owned = busy(world, "zoe")
    world.tick(after_s=80)

    parks(world, owned)

    assert fired_in(world.tick(after_s=500)) == []
    assert fired_in(world.message("zoe")) == []
    assert fired_in(world.tick()) == ["1.0", "alert 1: 1"]


def test_a_level_whose_trouble_ended_in_the_same_turn_does_not_fire() -> None:
    """What a tick concludes first counts, whatever was due after it (R26)."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")
    item = only_item(world)
    world.engine.state.now_ms += 60_000
    turn = Turn(world.engine.state, event_id="tick", event_offset=99)
    stop_levels(turn, item.conversation_id)

    fire_escalation(turn, item.conversation_id)

    assert types(tuple(turn.decisions)) == ["escalation_stopped"]


def test_a_new_configuration_leaves_pending_levels_as_they_were() -> None:
    """R24: zoe's alarm comes after 60 s, whatever the new version says."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")

    configure(world, an_escalating_desk({**WAITS, "after_s": 5}, on_promises=False))
    world.tick()

    assert fired_in(world.tick(after_s=30)) == []
    assert fired_in(world.tick(after_s=30)) == ["1.0", "alert 1: 1"]
    tells_the_same(world)
