"""A queue's hours as they stand."""

from services.router.core.inquiry_hours import hours_now
from tests.unit.services.router.core.desks import configure
from tests.unit.services.router.core.promised_desks import OFFICE, a_promising_desk
from tests.unit.services.router.core.world import DESK, START_MS, TENANT, World

# START_MS is a Tuesday, 22:13:20: the office opens on Wednesday at 9.
NIGHT_S = 10 * 3600 + 46 * 60 + 40


def _world(**queue: object) -> World:
    queues = [{"queue_id": "general", **queue}, {"queue_id": "billing"}]
    world = World(a_promising_desk(queues=queues))
    world.tick()
    return world


def test_a_queue_without_a_calendar_is_always_open() -> None:
    """Nothing changes that."""
    found = hours_now(_world().engine.state, (TENANT, DESK), "billing")

    assert (found.is_open, found.today) == (True, "always open")
    assert (found.since_ms, found.next_opening_ms, found.next_closing_ms) == (None, None, None)


def test_a_closed_queue_tells_when_it_opens_and_an_open_one_when_it_closes() -> None:
    """In engine time, with today's hours."""
    world = _world(calendar="office")

    closed = hours_now(world.engine.state, (TENANT, DESK), "general")
    world.tick(after_s=NIGHT_S)
    opened = hours_now(world.engine.state, (TENANT, DESK), "general")

    assert (closed.is_open, closed.next_closing_ms) == (False, None)
    assert closed.since_ms == START_MS - (5 * 3600 + 13 * 60 + 20) * 1_000
    assert closed.next_opening_ms == START_MS + 1_000 * NIGHT_S == world.now_ms
    assert (opened.is_open, opened.since_ms) == (True, world.now_ms)
    assert opened.next_opening_ms is None
    assert opened.next_closing_ms == world.now_ms + 8 * 3_600_000
    assert (opened.zone, opened.today, opened.out_of_hours) == ("UTC", "09:00-17:00", "wait")


def test_a_holiday_says_its_name() -> None:
    """Why today is not like its weekday."""
    exceptions = [{"date": "2023-11-14", "note": "Stocktaking"}]
    office = {**OFFICE, "exceptions": exceptions}
    world = World(a_promising_desk())
    queues = [{"queue_id": "general", "calendar": "office"}, {"queue_id": "billing"}]
    configure(world, a_promising_desk(calendars=[office], queues=queues))
    world.tick()

    found = hours_now(world.engine.state, (TENANT, DESK), "general")

    assert (found.today, found.why) == ("closed", "Stocktaking")
