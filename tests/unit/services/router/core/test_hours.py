"""Queues that open and close, shifts that begin and end: by ticks, and never by the wall clock."""

from typing import Any

from libs.common.calendars import HORIZON_MS
from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import Presence, ShiftPhase
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Agent, QueuePace, WorkItem
from services.router.core.ticking import BY_ID, FIRES
from tests.unit.services.router.core.world import DESK, START_MS, TENANT, World, a_desk, types

# The world begins on Tuesday, 14 November 2023, 22:13:20 UTC.
OPENS_SOON = {
    "calendar_id": "soon",
    "zone": "UTC",
    "opening": {"wednesday": ["09:00-17:00"]},
    "exceptions": [{"date": "2023-11-14", "hours": ["22:14-22:16"]}],
}
CLOSES_SOON = {
    "calendar_id": "ends",
    "zone": "UTC",
    "opening": {"tuesday": ["12:00-22:15"], "wednesday": ["12:00-22:15"]},
}
WITH_BREAK = {
    "calendar_id": "break",
    "zone": "UTC",
    "opening": {"tuesday": ["12:00-22:14", "22:15-22:30"]},
}
ALWAYS = {
    "calendar_id": "always",
    "zone": "UTC",
    "opening": {
        day: ["00:00-24:00"]
        for day in (
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        )
    },
}  # fmt: skip
HAND_OVER = {"open_work": "hand_over", "nothing_new_before_end_s": 60}


def a_desk_with(
    calendar: dict[str, Any], *, queue: dict[str, Any] | None = None, **changes: object
) -> DeskConfiguration:
    """One queue and `ann`, who can carry four; a second agent `bob` without shifts."""
    shift = changes.pop("shift", None)
    document: dict[str, object] = {
        "skills": [],
        "queues": [{"queue_id": "general", **(queue or {})}],
        "agents": [
            {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 4, "shift": shift},
            {"agent_id": "bob", "queues": {"general": 1}, "capacity_units": 4},
        ],
        "rules": [],
        "capacity_weights": {},
        "calendars": [calendar],
    }
    return a_desk(**{**document, **changes})


def the_pace(world: World) -> QueuePace:
    """What is known of the queue."""
    return world.engine.state.need(QueuePace, TENANT, DESK, "general")


def ann(world: World) -> Agent:
    """The agent with shifts."""
    return world.engine.state.need(Agent, TENANT, DESK, "ann")


def owned(world: World, agent_id: str) -> list[WorkItem]:
    """What the agent owns."""
    return [one for one in world.engine.state.work_items() if one.agent_id == agent_id]


def take(world: World, customer: str) -> d.ReservationOpened:
    """A customer writes, and whoever is asked accepts."""
    decisions = world.message(customer)
    (offer,) = (one for one in decisions if isinstance(one, d.ReservationOpened))
    world.accept(offer)
    return offer


def test_every_kind_of_deadline_fires_something() -> None:
    """A kind without an entry would break the tick that it falls due in."""
    assert {*FIRES, *BY_ID} == set(DeadlineKind)


def test_closed_queue_opens_when_its_calendar_says_so() -> None:
    """What waited is offered then, and the next look is due at the closing."""
    world = World(a_desk_with(OPENS_SOON, queue={"calendar": "soon"}))
    world.arrives("ann")
    assert "reservation_opened" not in types(world.message("zoe"))

    opened = world.tick(after_s=40)
    offered = world.tick()

    assert types(opened)[0] == "queue_hours_changed"
    assert "reservation_opened" in types((*opened, *offered))
    assert the_pace(world).hours_due_ms == START_MS + 160_000
    assert not the_pace(world).is_closed
    assert world.folded().canonical_hash() == world.engine.canonical_hash()


def test_agent_who_looked_at_the_lines_before_sees_them_open_and_close() -> None:
    """What an agent saw of the lines once is forgotten at each opening and closing."""
    world = World(a_desk_with(OPENS_SOON, queue={"calendar": "soon"}))
    world.message("early")
    world.arrives("ann")
    opened = (*world.tick(after_s=40), *world.tick())
    (offer,) = (one for one in opened if isinstance(one, d.ReservationOpened))
    world.accept(offer)

    world.tick(after_s=120)
    world.message("late")
    closed = world.hear(e.CloseRequested(agent_id="ann", conversation_id=offer.conversation_id))

    assert the_pace(world).is_closed
    assert "reservation_opened" not in types(closed)


def test_closing_queue_offers_nothing_more_and_keeps_nobody() -> None:
    """Who is kept for a call of a queue that closes is free for other work (R6, R10)."""
    channels = {"voice": {"weight": 1, "exclusive": True}, "web_chat": {"weight": 1}}
    world = World(
        a_desk_with(
            CLOSES_SOON,
            queue={"calendar": "ends"},
            channels=channels,
            policies={"capacity_patience_s": 5},
        )
    )
    world.arrives("ann")
    take(world, "chatter")
    world.message("caller", channel="voice")
    world.tick(after_s=6)
    assert ann(world).kept_for is not None

    world.tick(after_s=100)
    world.tick()

    assert the_pace(world).is_closed
    assert ann(world).kept_for is None
    assert "reservation_opened" not in types(world.message("zoe"))
    assert "hold_opened" not in types(world.tick(after_s=6))


def test_queue_that_never_closes_is_looked_at_within_a_year() -> None:
    """A calendar without an edge ahead is asked again at the horizon."""
    world = World(a_desk_with(ALWAYS, queue={"calendar": "always"}))

    assert the_pace(world).hours_due_ms == START_MS + HORIZON_MS


def test_queue_without_its_calendar_is_open() -> None:
    """A new version that takes the calendar away opens the queue at once (R24)."""
    world = World(a_desk_with(OPENS_SOON, queue={"calendar": "soon"}))
    world.arrives("ann")
    world.message("zoe")

    world.hear(e.DeskConfigured(configuration=a_desk_with(OPENS_SOON)))
    decisions = world.tick()

    assert "reservation_opened" in types(decisions)
    assert (the_pace(world).is_closed, the_pace(world).hours_due_ms) == (False, None)


def test_queue_that_is_gone_is_looked_at_no_more() -> None:
    """Its calendar went with it."""
    queues = [{"queue_id": "general"}, {"queue_id": "night", "calendar": "soon"}]
    world = World(a_desk_with(OPENS_SOON, queues=queues))
    key = (TENANT, DESK, "night")
    was_closed = world.engine.state.need(QueuePace, *key).is_closed

    world.hear(e.DeskConfigured(configuration=a_desk_with(OPENS_SOON)))

    gone = world.engine.state.need(QueuePace, *key)
    assert was_closed
    assert (gone.is_closed, gone.hours_due_ms) == (False, None)


def test_restored_state_keeps_hours_and_shifts() -> None:
    """A save holds who is closed, who is off, and when that changes."""
    world = World(a_desk_with(CLOSES_SOON, queue={"calendar": "ends"}, shift="ends"))
    world.arrives("ann")
    world.tick(after_s=110)
    engine = type(world.engine).restore(world.engine.state.documents(), now_ms=world.engine.now_ms)

    assert engine.next_deadline_ms() == world.engine.next_deadline_ms()
    assert engine.canonical_hash() == world.engine.canonical_hash()
    index = engine.state.index_of((TENANT, DESK))
    assert not index.lines.is_open("general")
    assert index.bench.seat_of("ann") is None


def test_nothing_new_comes_before_the_end_of_a_shift() -> None:
    """For the last minute nobody is offered anything new; a pending offer ends (R25)."""
    world = World(a_desk_with(CLOSES_SOON, shift="ends", policies={"shift_end": HAND_OVER}))
    world.arrives("ann")
    world.tick(after_s=30)
    world.message("zoe")

    decisions = world.tick(after_s=10)

    assert types(decisions)[:2] == ["agent_shift_changed", "reservation_ended"]
    assert ann(world).shift is ShiftPhase.ENDING
    assert "reservation_opened" not in types(world.message("yan"))


def test_open_work_is_handed_over_at_the_end_of_a_shift_in_portions() -> None:
    """What is at hand goes back to its line, as much as a record holds, until all has (R2)."""
    names = ("ann", "ben", "cem")
    agents = [
        {"agent_id": name, "queues": {"general": 1}, "capacity_units": 50, "shift": "ends"}
        for name in names
    ]
    world = World(a_desk_with(CLOSES_SOON, agents=agents, policies={"shift_end": HAND_OVER}))
    for name in names:
        world.arrives(name)
    for number in range(149):
        take(world, f"customer-{number}")
    parked = take(world, "parked")
    world.hear(e.ParkRequested(agent_id=parked.agent_id, conversation_id=parked.conversation_id))

    first = world.tick(after_s=100)
    second = world.tick()

    assert 90 < types(first).count("work_item_queued") < 149
    queued = [one for one in (*first, *second) if isinstance(one, d.WorkItemQueued)]
    assert len({one.work_item_id for one in queued}) == 149
    assert ann(world).shift is ShiftPhase.OFF
    assert [one.state for one in owned(world, parked.agent_id)] == [S.PARKED]
    assert ann(world).shift_due_ms == START_MS + 100_000 + 49_500_000


def test_open_work_stays_with_its_agent_where_the_desk_says_keep() -> None:
    """By default the agent finishes what was begun."""
    world = World(a_desk_with(CLOSES_SOON, shift="ends"))
    world.arrives("ann")
    take(world, "zoe")

    decisions = world.tick(after_s=100)

    assert types(decisions) == ["agent_shift_changed"]
    assert len(owned(world, "ann")) == 1


def test_break_is_no_end_of_the_shift() -> None:
    """Between hours of one day nothing new comes and nothing is handed over."""
    world = World(a_desk_with(WITH_BREAK, shift="break", policies={"shift_end": HAND_OVER}))
    world.arrives("ann")
    take(world, "zoe")

    world.tick(after_s=40)
    during = (ann(world).shift, len(owned(world, "ann")), world.message("yan"))
    after = world.tick(after_s=60)

    assert during[:2] == (ShiftPhase.BREAK, 1)
    assert types(after) == ["agent_shift_changed", "reservation_opened"]


def test_shift_that_never_ends_is_looked_at_within_a_year() -> None:
    """Who is always on has no edge ahead."""
    world = World(a_desk_with(ALWAYS, shift="always"))

    assert (ann(world).shift, ann(world).shift_due_ms) == (ShiftPhase.ON, START_MS + HORIZON_MS)


def test_agent_who_loses_the_shift_is_on() -> None:
    """A new version without shifts lets the agent work at once, idle since then (R9, R24)."""
    world = World(a_desk_with(OPENS_SOON, shift="soon"))
    world.arrives("ann")
    world.now_ms += 1_000
    world.message("zoe")
    assert ann(world).shift is ShiftPhase.OFF

    world.hear(e.DeskConfigured(configuration=a_desk_with(OPENS_SOON)))

    assert ann(world).idle_since_ms == world.now_ms
    assert "reservation_opened" in types(world.tick())
    assert ann(world).shift_due_ms is None


def test_shift_that_did_not_change_is_not_looked_at_again() -> None:
    """A new version about something else leaves ten thousand shifts alone."""
    world = World(a_desk_with(CLOSES_SOON, shift="ends"))
    before = ann(world).shift_due_ms

    world.hear(e.DeskConfigured(configuration=a_desk_with(CLOSES_SOON, shift="ends")))

    assert ann(world).shift_due_ms == before


def test_shift_of_an_absent_agent_ends_without_ado() -> None:
    """Who is not there has nothing to hand over and nobody to leave."""
    world = World(a_desk_with(CLOSES_SOON, shift="ends", policies={"shift_end": HAND_OVER}))
    world.presence("ann", Presence.AWAY)

    world.tick(after_s=40)
    decisions = world.tick(after_s=60)

    assert types(decisions) == ["agent_shift_changed"]
    assert ann(world).shift is ShiftPhase.OFF
