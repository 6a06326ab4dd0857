"""The clocks of a conversation as they are told: what runs, what stands still, what fires next."""

from libs.common.contracts.terms import SlaTarget
from services.router.core.inquiry_promises import CLOSED, Promised, promised
from services.router.core.inquiry_timers import NextFiring
from tests.unit.services.router.core.desks import a_desk_of, at_work, busy, only_item
from tests.unit.services.router.core.promised_desks import (
    GOLD,
    Part,
    a_promising_desk,
    acknowledges,
    an_escalating_desk,
    parks,
    replies,
)
from tests.unit.services.router.core.world import START_MS, World

FIRST, RESOLUTION = SlaTarget.FIRST_RESPONSE, SlaTarget.RESOLUTION
LEVEL: Part = {"trouble": "breached", "after_s": 30, "actions": {"notify": {}}}


def asked(world: World) -> Promised:
    """What is promised to the only conversation."""
    return promised(world.engine.state, only_item(world).conversation_id)


def test_nothing_is_promised_without_a_policy() -> None:
    """The answer says so, and nothing fires."""
    world = World(a_desk_of())
    world.message("zoe")

    answer = asked(world)

    assert (answer.policy_id, answer.clocks, answer.next_firing) == (None, (), None)
    assert (answer.escalation_policy_id, answer.pending, answer.fired) == (None, (), 0)


def test_running_clocks_are_told_with_their_instants() -> None:
    """And what fires next, with its calendar."""
    world = World(a_promising_desk({**GOLD, "calendar": "evening"}))
    world.message("zoe")

    answer = asked(world)

    assert (answer.policy_id, answer.calendar_id, answer.zone) == ("gold", "evening", "UTC")
    assert [(one.why, one.remaining_ms) for one in answer.clocks] == [
        ("", 100_000),
        ("", 1_000_000),
    ]
    assert [(one.target, one.state, one.due_ms) for one in answer.clocks] == [
        (FIRST, "running", START_MS + 100_000),
        (RESOLUTION, "running", START_MS + 1_000_000),
    ]
    assert answer.next_firing == NextFiring(what="at_risk", at_ms=START_MS + 80_000, target=FIRST)


def test_while_its_calendar_is_closed_a_clock_says_what_is_left_and_when_it_goes_on() -> None:
    """Late on Tuesday evening the office has been closed for hours; it opens on Wednesday at 9."""
    world = World(a_promising_desk({**GOLD, "calendar": "office"}))
    world.message("zoe")
    world.tick(after_s=3_600)

    answer = asked(world)

    nine = START_MS + (10 * 3_600 + 46 * 60 + 40) * 1_000
    assert answer.opens_ms == nine
    assert [(one.state, one.why, one.remaining_ms, one.due_ms) for one in answer.clocks] == [
        ("running", CLOSED, 100_000, nine + 100_000),
        ("running", CLOSED, 1_000_000, nine + 1_000_000),
    ]
    world.tick(after_s=10 * 3_600)
    overdue, running = asked(world).clocks
    assert (overdue.state, overdue.why, overdue.remaining_ms) == ("breached", "", None)
    assert (running.state, running.why, running.remaining_ms) == ("running", "", 200_000)


def test_a_paused_clock_says_why_and_what_is_left() -> None:
    """Nothing fires while the customer is awaited."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    replies(world, owned)
    parks(world, owned)

    answer = asked(world)

    [resolution] = answer.clocks
    assert (resolution.state, resolution.why) == (
        "paused",
        "the conversation waits for its customer",
    )
    assert (resolution.due_ms, resolution.remaining_ms) == (None, 1_000_000)
    assert (answer.calendar_id, answer.next_firing) == (None, None)


def test_what_is_broken_is_told_with_the_level_that_follows() -> None:
    """The level comes before the next clock; after it the clock is next."""
    world = at_work(an_escalating_desk(LEVEL), "ann")
    busy(world, "zoe")
    world.tick(after_s=100)
    due_ms = START_MS + 1_000 - 1_000 + 100_000

    answer = asked(world)

    assert [(one.state, one.is_at_risk) for one in answer.clocks] == [
        ("breached", True),
        ("running", False),
    ]
    assert answer.escalation_policy_id == "help"
    assert answer.next_firing is not None
    assert (answer.next_firing.what, answer.next_firing.level) == ("level", 1)
    world.tick(after_s=30)
    after = asked(world)
    assert (after.fired, after.pending, after.acknowledged_ms) == (1, (), None)
    assert after.next_firing is not None
    assert after.next_firing.what == "at_risk"
    world.tick(after_s=700)
    assert asked(world).next_firing == NextFiring(
        what="breached", at_ms=due_ms + 901_000, target=RESOLUTION
    )


def test_an_acknowledgement_is_told() -> None:
    """With its time, and nothing pending."""
    level = {"trouble": "waiting", "after_s": 5, "actions": {"notify": {}}}
    world = World(an_escalating_desk(level, on_promises=False))
    world.message("zoe")
    world.tick(after_s=5)

    acknowledges(world)

    answer = asked(world)
    assert (answer.acknowledged_ms, answer.pending) == (world.now_ms, ())
