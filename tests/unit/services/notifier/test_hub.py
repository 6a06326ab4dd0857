"""Tests of the live side: who is offered what, and what is remembered."""

import asyncio

from services.notifier.close_codes import GONE, SERVICE_RESTART, SLOW_READER
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import notifications_of
from services.notifier.hub import Hub
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.fakes import SCOPE, offer


def hub_at(live_at: int, *, queue_max: int = 10, recent_max: int = 10) -> Hub:
    """A hub whose partition 0 is read up to this offset."""
    hub = Hub(queue_max=queue_max, recent_max=recent_max)
    hub.begin(0, live_at)
    return hub


async def test_listener_is_offered_what_concerns_it_once() -> None:
    """One that is in both audiences of a notification gets it once, and nothing of others."""
    hub = hub_at(4)
    listener = hub.listen(SCOPE)
    record = b.record(b.reservation_opened(), b.message_filed("bob"), b.escalation_fired())

    hub.publish(0, 5, notifications_of(record, 5), appended_ms=1)

    told = [await listener.next(1), await listener.next(1), await listener.next(0)]
    assert [one.notification.cursor for one in told if one] == [Cursor(5, 1), Cursor(5, 3)]
    assert listener.joined_at == 4


async def test_audience_is_heard_while_a_stream_of_it_is_open() -> None:
    """What nobody here listens for need not be worked out."""
    hub = hub_at(0)
    key = (SCOPE.tenant_id, SCOPE.desk_id, SCOPE.audiences[0])
    listener = hub.listen(SCOPE)

    was_heard = hub.is_heard(*key)
    hub.leave(listener)

    assert was_heard
    assert not hub.is_heard(*key)


async def test_slow_listener_is_closed_and_takes_no_more() -> None:
    """A full queue closes the stream; it never grows."""
    hub = hub_at(0, queue_max=1)
    listener = hub.listen(SCOPE)

    for offset in (1, 2, 3):
        hub.publish(0, offset, offer(offset), appended_ms=1)

    assert listener.closed.result() is SLOW_READER
    assert await listener.next(0.1) is not None
    assert listener.is_empty


async def test_first_reason_to_close_counts() -> None:
    """A client that left is not told that it was slow."""
    listener = hub_at(0).listen(SCOPE)

    listener.close(GONE)
    listener.close(SLOW_READER)

    assert listener.closed.result() is GONE


async def test_recent_ones_serve_a_cursor_that_they_cover() -> None:
    """Behind the oldest complete record memory answers; before it, it says that it can't."""
    hub = hub_at(0, recent_max=2)
    for offset in (1, 2, 3):
        hub.publish(0, offset, offer(offset), appended_ms=1)

    covered = hub.recent(SCOPE, after=Cursor(2, 1))

    assert covered is not None
    assert [told.notification.cursor for told in covered] == [Cursor(3, 1)]
    assert hub.recent(SCOPE, after=Cursor(1, 0)) is None


async def test_nothing_is_remembered_from_before_the_start() -> None:
    """A hub that has just begun can't answer for the past, nor for a partition it never saw."""
    hub = hub_at(7)

    assert hub.recent(SCOPE, after=Cursor(7, 0)) is None
    assert hub.recent(SCOPE, after=Cursor(8, 0)) == []
    assert Hub(queue_max=1, recent_max=1).recent(SCOPE, after=Cursor(0, 0)) is None


async def test_waiting_for_a_record_ends_when_it_came_or_the_time_is_over() -> None:
    """Whoever waits for the live reading is woken by it, and waits no longer than it said."""
    hub = hub_at(0)
    waiting = asyncio.create_task(hub.reached(0, 1, timeout_s=5))
    await asyncio.sleep(0)

    hub.publish(0, 1, (), appended_ms=1)

    assert await waiting
    assert not await hub.reached(0, 2, timeout_s=0.01)
    assert not await hub.reached(9, 0, timeout_s=0.01)


async def test_leaving_twice_is_harmless_and_closing_ends_all() -> None:
    """A listener that left is offered nothing; the others are closed for good."""
    hub = hub_at(0)
    left, stays = hub.listen(SCOPE), hub.listen(SCOPE)
    hub.leave(left)
    hub.leave(left)

    hub.publish(0, 1, offer(1), appended_ms=1)
    hub.close_all(SERVICE_RESTART)

    assert left.is_empty
    assert hub.listeners == {stays}
    assert stays.closed.result() is SERVICE_RESTART
    assert hub.is_closing
