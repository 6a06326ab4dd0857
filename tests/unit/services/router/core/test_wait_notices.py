"""Customers who wait read their place, each at an interval of their own."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import WaitNotices
from libs.common.contracts.terms import Presence, WorkItemState
from services.router.core import wait_notices
from services.router.core.entities import QueuePace
from services.router.core.turn import Turn
from services.router.core.wait_notices import position_of, words_of
from tests.unit.services.router.core.desks import a_desk_of, at_work, configure, only_item
from tests.unit.services.router.core.test_hours import OPENS_SOON
from tests.unit.services.router.core.world import World, a_message, offered, types

EN = {"language": "en", "text": "{position}, {minutes} min.", "without_estimate": "{position}."}
DE = {"language": "de", "text": "Nr. {position}"}
NOTICES = {"every_s": 60, "at_most": 2, "notices": [EN, DE]}


def a_world(*agent_ids: str, **notices: object) -> World:
    """One queue that tells its customers their place; these agents are present."""
    queue = {"queue_id": "general", "wait_notices": {**NOTICES, **notices}}
    return at_work(a_desk_of(queue), *agent_ids)


def told(decisions: tuple[d.AnyDecision, ...]) -> list[tuple[int, str]]:
    """The places that were told, with the words that stand beside them."""
    words = {one.reply_id: one for one in decisions if isinstance(one, d.ReplyFiled)}
    assert all(one.agent_id == "" for one in words.values())
    return [
        (one.position, words[one.reply_id].content.text)
        for one in decisions
        if isinstance(one, d.WaitNoticeSent)
    ]


def test_nothing_is_told_where_the_queue_says_nothing() -> None:
    """Nobody is written to unasked."""
    world = at_work(a_desk_of({"queue_id": "general"}))
    world.message("zoe")

    assert types(world.tick(after_s=600)) == []


def test_place_is_told_after_the_interval_and_so_often_in_one_wait() -> None:
    """Not at once, not sooner, and no more than the queue says."""
    world = a_world()

    assert told(world.message("zoe")) == []
    assert told(world.tick(after_s=59)) == []
    assert told(world.tick(after_s=1)) == [(1, "1.")]
    assert told(world.tick(after_s=59)) == []
    assert told(world.tick(after_s=1)) == [(1, "1.")]
    assert told(world.tick(after_s=600)) == []


def test_first_may_come_at_once_in_the_customers_language() -> None:
    """Where no agent is free; the language is the last that a channel told."""
    world = a_world(at_queueing=True)
    world.message("zoe")
    german = a_message("yan").model_copy(update={"language": "de"})

    assert told(world.hear(german)) == [(2, "Nr. 2")]
    world.message("yan")
    assert sorted(told(world.tick(after_s=60))) == [(1, "1."), (2, "Nr. 2")]


def test_whoever_is_offered_is_told_nothing() -> None:
    """Neither at once nor while the agent thinks; back in the line what is due comes."""
    world = a_world("ann", at_queueing=True, every_s=10)
    world.now_ms += 1_000
    decisions = world.message("zoe")

    assert told(decisions) == []
    assert told(world.tick(after_s=15)) == []
    assert told(world.reject(offered(decisions))) == []


def test_wait_that_begins_anew_is_not_told_sooner() -> None:
    """The count begins again, the interval does not."""
    world = a_world("ann", at_queueing=True, at_most=1)
    world.presence("ann", Presence.AWAY)
    assert told(world.message("zoe")) == [(1, "1.")]
    accepted = world.accept(offered(world.presence("ann", Presence.AVAILABLE)))[0]
    assert isinstance(accepted, d.WorkItemAssigned)
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=accepted.conversation_id))
    world.presence("ann", Presence.AWAY)
    world.message("zoe")

    assert only_item(world).state is WorkItemState.QUEUED
    assert told(world.tick(after_s=59)) == []
    assert told(world.tick(after_s=1)) == [(1, "1, 5 min.")]
    assert told(world.tick(after_s=600)) == []


def test_notices_go_on_in_the_queue_that_the_work_moves_to() -> None:
    """A queue that is gone while its work still stands there withdraws nothing for ever."""
    world = a_world()
    world.message("zoe")
    other = {"queue_id": "other", "wait_notices": NOTICES}
    configure(world, a_desk_of(other, migrate_to={"general": "other"}))
    world.tick()

    assert only_item(world).queue_id == "other"
    assert told(world.tick(after_s=60)) == [(1, "1.")]


def test_queue_that_gives_no_notices_any_more_withdraws_them() -> None:
    """The timer that ran ends with its next firing."""
    world = a_world()
    world.message("zoe")
    configure(world, a_desk_of({"queue_id": "general"}))
    world.tick()
    [put_off] = world.tick(after_s=60)

    assert isinstance(put_off, d.WaitNoticePutOff)
    assert (put_off.cause, put_off.again_ms) == ("withdrawn", None)
    assert types(world.tick(after_s=600)) == []


def test_queue_that_tells_less_than_before_is_heeded() -> None:
    """What was told counts for the new version's bound."""
    world = a_world()
    world.message("zoe")
    world.tick(after_s=60)
    fewer = {"queue_id": "general", "wait_notices": {**NOTICES, "at_most": 1}}
    configure(world, a_desk_of(fewer))

    assert told(world.tick(after_s=60)) == []


def test_notice_waits_until_a_closed_queue_has_been_open_for_the_interval() -> None:
    """Once for each closing, and whoever is served at the opening reads nothing more."""
    queue = {"queue_id": "general", "calendar": "soon", "wait_notices": NOTICES}
    world = World(a_desk_of(queue, calendars=[OPENS_SOON]))
    world.message("zoe")
    opens_ms = world.engine.state.need(QueuePace, "acme", "support", "general").hours_due_ms
    assert opens_ms is not None
    queue_is_told = [one for one in world.tick(after_s=10) if isinstance(one, d.WaitNoticePutOff)]

    assert queue_is_told == []
    assert opens_ms > world.now_ms
    world.now_ms = opens_ms
    world.tick()
    assert told(world.tick(after_s=60)) == [(1, "1.")]


def test_notice_that_is_due_while_the_queue_is_closed_is_put_off() -> None:
    """Until an interval after the opening."""
    every = {**NOTICES, "at_queueing": True}
    queue = {"queue_id": "general", "calendar": "soon", "wait_notices": every}
    world = World(a_desk_of(queue, calendars=[OPENS_SOON]))
    put_off = world.message("zoe")[-1]
    opens_ms = world.engine.state.need(QueuePace, "acme", "support", "general").hours_due_ms

    assert isinstance(put_off, d.WaitNoticePutOff)
    assert opens_ms is not None
    assert (put_off.cause, put_off.again_ms) == ("closed", opens_ms + 60_000)


@pytest.mark.parametrize(
    ("language", "estimate_s", "words"),
    [
        ("en", None, "3."),
        ("en", 1, "3, 1 min."),
        ("en", 60, "3, 1 min."),
        ("en", 61, "3, 2 min."),
        ("fr", 0, "3, 1 min."),
        ("de", None, "Nr. 3"),
    ],
)
def test_minutes_are_rounded_up(language: str, estimate_s: int | None, words: str) -> None:
    """Nobody waits for no minutes; the first words are for all other languages."""
    policy = WaitNotices.model_validate(NOTICES)

    assert words_of(policy, language, 3, estimate_s) == words


def test_estimate_is_that_of_the_queues_pace() -> None:
    """One served in five minutes: five minutes for each place."""
    world = a_world("ann", at_queueing=True)
    world.accept(offered(world.message("yan")))
    for n in range(5):
        world.message(f"fill-{n}")
    [sent] = [one for one in world.message("zoe") if isinstance(one, d.WaitNoticeSent)]

    assert sent.estimated_wait_s == sent.position * 300
    assert (sent.number, sent.again_ms) == (1, world.now_ms + 60_000)


def test_place_in_a_long_line_is_interpolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between what readers were told last; whoever joined since stands at the end."""
    world = a_world()
    for n in range(20):
        world.message(f"customer-{n}")
        world.now_ms += 1_000
    world.hear_event(None, event_id="nothing")
    world.tick(after_s=10)
    pace = world.engine.state.need(QueuePace, "acme", "support", "general")
    items = sorted(world.engine.state.work_items(), key=lambda one: one.sequence)
    monkeypatch.setattr(wait_notices, "COUNTED_MAX", 0)
    turn = Turn(world.engine.state, event_id="asked", event_offset=world.offset)

    assert [position_of(turn, item, pace) for item in items] == list(range(1, 21))
    assert position_of(turn, items[3], None) == 20
    pace.measured_places = [(5, items[3].strict_class, items[3].virtual_time_ms)]
    assert position_of(turn, items[0], pace) == 1
    assert position_of(turn, items[5], pace) == 20
