"""Tests of joining the past and the live without a gap."""

import pytest

from services.notifier.close_codes import CURSOR_EXPIRED, CURSOR_UNKNOWN, TRY_AGAIN_LATER
from services.notifier.core.cursors import Cursor
from services.notifier.hub import Hub
from services.notifier.joining import StreamRefusedError, caught_up
from tests.unit.services.notifier.fakes import SCOPE, FakeCopy, offer

PAST = [notification for offset in range(5) for notification in offer(offset)]


def hub_at(live_at: int) -> Hub:
    """A hub that has just begun behind this record."""
    hub = Hub(queue_max=10, recent_max=10)
    hub.begin(0, live_at)
    return hub


async def past(hub: Hub, copy: FakeCopy, cursor: Cursor) -> list[Cursor]:
    """What a stream that joins now is shown before the live ones."""
    listener = hub.listen(SCOPE)
    found = caught_up(hub, copy, listener, cursor=cursor, timeout_s=0.05)
    return [told.notification.cursor async for told in found]


async def test_past_comes_from_the_copy_up_to_where_the_listener_joined() -> None:
    """Everything between the cursor and the live position, and nothing behind that."""
    copy = FakeCopy(PAST, reaches=4)

    assert await past(hub_at(3), copy, Cursor(1, 1)) == [Cursor(2, 1), Cursor(3, 1)]


async def test_past_comes_from_memory_where_that_is_complete() -> None:
    """Recent ones need no copy, even while that is behind."""
    hub = hub_at(0)
    for offset in (1, 2):
        hub.publish(0, offset, offer(offset), appended_ms=1)

    assert await past(hub, FakeCopy(), Cursor(1, 0)) == [Cursor(1, 1), Cursor(2, 1)]


async def test_memory_is_cut_where_the_listener_joined() -> None:
    """What was published after joining comes live, not twice."""
    hub = hub_at(0)
    listener = hub.listen(SCOPE)
    hub.publish(0, 1, offer(1), appended_ms=1)
    found = caught_up(hub, FakeCopy(), listener, cursor=Cursor(1, 0), timeout_s=0.05)

    assert [told async for told in found] == []
    assert not listener.is_empty


async def test_copy_that_stays_behind_is_waited_for_and_not_for_ever() -> None:
    """Without the copy there might be a gap, so the client is sent away to try again."""
    with pytest.raises(StreamRefusedError) as caught:
        await past(hub_at(3), FakeCopy(PAST, reaches=2), Cursor(1, 0))

    assert caught.value.code is TRY_AGAIN_LATER


async def test_cursor_from_before_what_is_kept_is_refused() -> None:
    """What has expired can't be shown, and the client hears that it missed something."""
    with pytest.raises(StreamRefusedError) as caught:
        await past(hub_at(4), FakeCopy(PAST, reaches=4, begins=3), Cursor(2, 0))

    assert caught.value.code is CURSOR_EXPIRED


async def test_cursor_at_the_live_position_needs_no_past() -> None:
    """A client that is up to date is shown nothing and waits for what comes."""
    hub = hub_at(3)

    assert await past(hub, FakeCopy(), Cursor(4, 0)) == []


@pytest.mark.parametrize("cursor", [Cursor(4, 1), Cursor(5, 0)])
async def test_cursor_ahead_of_the_log_is_refused(cursor: Cursor) -> None:
    """A place that the log does not reach in time is none of this log."""
    with pytest.raises(StreamRefusedError) as caught:
        await past(hub_at(3), FakeCopy(), cursor)

    assert caught.value.code is CURSOR_UNKNOWN
