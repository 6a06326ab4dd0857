"""Clocks of promises: started, met, paused, resumed, moved, at risk, broken, ended (R24, R25)."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import SlaTarget
from tests.unit.services.router.core.desks import a_desk_of, at_work, busy
from tests.unit.services.router.core.promised_desks import (
    GOLD,
    a_promising_desk,
    clock_of,
    closes,
    parks,
    promises_in,
    replies,
    tells_the_same,
)
from tests.unit.services.router.core.world import START_MS, World, contact_point

DAY_MS = 86_400_000


def test_a_desk_without_policies_keeps_no_clock() -> None:
    """Nobody pays for what is not promised."""
    world = at_work(a_desk_of(), "ann")

    assert promises_in(world.message("zoe")) == []
    assert not world.engine.state.tables["desk_promises"]


def test_a_new_conversation_starts_the_clocks_of_its_policy() -> None:
    """Due instants and those of being at risk stand in the decision, in engine time."""
    world = World(a_promising_desk())

    decisions = world.message("zoe")

    [started] = [one for one in decisions if isinstance(one, d.SlaStarted)]
    assert (started.policy_id, started.terms_id, started.queue_id) == ("gold", "gold@1", "general")
    assert started.clocks == (
        d.RunningClock(
            target=SlaTarget.FIRST_RESPONSE, due_ms=START_MS + 100_000, at_risk_ms=START_MS + 80_000
        ),
        d.RunningClock(
            target=SlaTarget.RESOLUTION, due_ms=START_MS + 1_000_000, at_risk_ms=START_MS + 800_000
        ),
    )
    tells_the_same(world)


def test_a_target_gets_at_risk_then_breaks_each_once() -> None:
    """Both at their instant; after that the clock only waits for the answer."""
    world = World(a_promising_desk())
    world.message("zoe")

    assert promises_in(world.tick(after_s=79.9)) == []
    assert promises_in(world.tick(after_s=0.1)) == ["at_risk first_response"]
    assert promises_in(world.tick(after_s=19)) == []
    broken = world.tick(after_s=1)
    assert promises_in(broken) == ["breached first_response"]
    assert promises_in(world.tick(after_s=10)) == []
    tells_the_same(world)


def test_notice_that_nobody_wrote_is_no_response() -> None:
    """Only an agent's answer meets what was promised."""
    notices = {"at_queueing": True, "notices": [{"language": "en", "text": "Please wait."}]}
    queues = [{"queue_id": "general", "wait_notices": notices}, {"queue_id": "billing"}]
    world = World(a_promising_desk(queues=queues))
    decisions = world.message("zoe")

    assert [one for one in decisions if isinstance(one, d.ReplyFiled)]
    assert clock_of(world, SlaTarget.FIRST_RESPONSE).due_ms == START_MS + 100_000


def test_after_an_outage_both_are_told_in_their_order() -> None:
    """A late tick leaves nothing out, and says when it was due."""
    world = World(a_promising_desk())
    world.message("zoe")

    decisions = world.tick(after_s=150)

    assert promises_in(decisions) == ["at_risk first_response", "breached first_response"]
    [broken] = [one for one in decisions if isinstance(one, d.SlaBreached)]
    assert broken.due_ms == START_MS + 100_000


def test_the_first_reply_meets_the_first_response_and_closing_the_resolution() -> None:
    """In time: nothing is late, and no clock is left behind."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")

    assert promises_in(replies(world, owned)) == ["met first_response"]
    world.now_ms += 60_000
    assert promises_in(closes(world, owned)) == ["met resolution", "ended"]
    assert not world.engine.state.tables["sla_instance"]
    assert promises_in(world.tick(after_s=5_000)) == []
    tells_the_same(world)


def test_a_later_message_awaits_the_next_reply() -> None:
    """From the first unanswered message; a second one does not put it off."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    assert promises_in(world.message("zoe")) == []
    replies(world, owned)
    world.now_ms += 10_000

    assert promises_in(world.message("zoe")) == ["clocks_set"]
    due_ms = clock_of(world, "next_response").due_ms
    assert due_ms == world.now_ms + 50_000
    world.now_ms += 20_000
    assert promises_in(world.message("zoe")) == []
    assert clock_of(world, "next_response").due_ms == due_ms
    assert promises_in(replies(world, owned)) == ["met next_response"]
    tells_the_same(world)


def test_a_policy_without_that_target_awaits_no_next_reply() -> None:
    """Each target is optional."""
    world = at_work(a_promising_desk({"sla_policy_id": "slow", "resolution_s": 500}), "ann")
    owned = busy(world, "zoe")

    assert promises_in(replies(world, owned)) == []
    assert promises_in(world.message("zoe")) == []


def test_an_answer_before_the_tick_wins_over_the_alarm_and_says_how_late_it_is() -> None:
    """Due and answered in the same record (R26): no alarm, but no false figure either."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    world.now_ms = (clock_of(world, "first_response").due_ms or 0) + 2_500

    decisions = replies(world, owned)

    [met] = [one for one in decisions if isinstance(one, d.SlaMet)]
    assert (met.late_ms, met.was_breached) == (2_500, False)
    assert promises_in(world.tick()) == []


def test_an_answer_after_the_breach_ends_the_clock() -> None:
    """It is told as late and as told before."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    world.tick(after_s=200)

    [met] = [one for one in replies(world, owned) if isinstance(one, d.SlaMet)]

    assert met.was_breached
    assert met.late_ms > 0


def test_a_parked_conversation_keeps_what_is_left_of_its_clocks() -> None:
    """However long the customer takes, the remainder is what it was (R25)."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    replies(world, owned)
    left_ms = (clock_of(world, "resolution").due_ms or 0) - world.now_ms

    assert promises_in(parks(world, owned)) == ["clocks_paused"]
    assert clock_of(world, "resolution").remaining_ms == left_ms
    assert promises_in(world.tick(after_s=50_000)) == []
    assert promises_in(world.message("zoe")) == ["clocks_set", "clocks_set"]
    resumed = clock_of(world, "resolution")
    assert (resumed.due_ms, resumed.remaining_ms) == (world.now_ms + left_ms, None)
    tells_the_same(world)


def test_a_policy_may_count_the_customers_time_as_well() -> None:
    """Then parking changes nothing for its clocks."""
    world = at_work(a_promising_desk({**GOLD, "pauses_while_parked": False}), "ann")
    owned = busy(world, "zoe")
    due_ms = clock_of(world, "resolution").due_ms

    assert promises_in(parks(world, owned)) == []
    assert clock_of(world, "resolution").due_ms == due_ms


def test_a_target_at_risk_or_broken_stays_so_over_a_pause() -> None:
    """At risk is not told twice; a broken clock is not paused, since nothing is left of it."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    world.tick(after_s=900)

    parks(world, owned)

    resolution = clock_of(world, "resolution")
    assert (resolution.remaining_ms, resolution.at_risk_remaining_ms) == (100_000, None)
    assert clock_of(world, "first_response").remaining_ms is None
    assert promises_in(world.message("zoe")) == ["clocks_set"]
    assert promises_in(world.tick(after_s=100)) == ["breached resolution"]
    tells_the_same(world)


def test_a_conversation_with_all_promises_broken_has_nothing_to_pause() -> None:
    """Its clocks wait for what was promised, parked or not."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    world.tick(after_s=1_000)

    assert promises_in(parks(world, owned)) == []


def test_closing_a_parked_conversation_meets_its_resolution() -> None:
    """A clock that stands still is never late."""
    world = at_work(a_promising_desk(), "ann")
    owned = busy(world, "zoe")
    parks(world, owned)

    decisions = closes(world, owned)

    [met] = [one for one in decisions if isinstance(one, d.SlaMet)]
    assert (met.target, met.due_ms, met.late_ms) == (SlaTarget.RESOLUTION, None, 0)
    [ended] = [one for one in decisions if isinstance(one, d.SlaEnded)]
    assert ended.canceled == (SlaTarget.FIRST_RESPONSE,)


def test_a_customer_who_leaves_unanswered_cancels_all() -> None:
    """Nobody owes anything any more, and nothing fires."""
    world = World(a_promising_desk())
    world.message("zoe")

    decisions = world.hear(e.ContactEnded(contact_point_id=contact_point("zoe")))

    assert promises_in(decisions) == ["ended"]
    assert promises_in(world.tick(after_s=5_000)) == []


def test_the_first_policy_that_holds_decides() -> None:
    """Queue, channel, class, segment and labels count; only labels that are asked for are kept."""
    policies = (
        {**GOLD, "sla_policy_id": "other-queue", "when": {"queue": ["billing"]}},
        {**GOLD, "sla_policy_id": "other-channel", "when": {"channel": ["voice"]}},
        {**GOLD, "sla_policy_id": "other-class", "when": {"strict_class": [1]}},
        {**GOLD, "sla_policy_id": "other-segment", "when": {"segment": ["vip"]}},
        {**GOLD, "sla_policy_id": "by-label", "when": {"labels": {"country": ["fr"]}}},
        GOLD,
    )
    world = World(a_promising_desk(*policies))

    decisions = world.message("zoe", country="fr", topic="general", colour="red")

    [started] = [one for one in decisions if isinstance(one, d.SlaStarted)]
    assert (started.policy_id, started.labels) == ("by-label", {"country": "fr"})
    assert [one.policy_id for one in world.message("yan") if isinstance(one, d.SlaStarted)] == [
        "gold"
    ]


def test_a_conversation_that_no_policy_holds_for_has_no_clock() -> None:
    """Whatever happens to it, promises say nothing."""
    world = at_work(a_promising_desk({**GOLD, "when": {"queue": ["billing"]}}), "ann")
    owned = busy(world, "zoe")

    other = busy(world, "yan")
    for decisions in (
        closes(world, other),
        replies(world, owned),
        parks(world, owned),
        world.message("zoe"),
        world.hear(e.TransferRequested(**owned, queue_id="billing")),
    ):
        assert promises_in(decisions) == []


def test_clocks_survive_a_crash_at_any_moment() -> None:
    """An engine that was restored decides the same as one that lived on."""
    world = at_work(a_promising_desk({**GOLD, "calendar": "evening"}), "ann")
    owned = busy(world, "zoe")
    parks(world, owned)
    world.twin = world.folded()

    world.message("zoe")
    assert promises_in(world.tick(after_s=85)) == ["at_risk first_response"]
    assert promises_in(world.tick(after_s=85)) == ["breached first_response"]
