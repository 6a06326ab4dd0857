"""Following a scope from a cursor: the past from memory or the durable copy, then live, no gap.

The listener is registered first, at the live position L: everything behind L comes through it.
What lies between the cursor and L comes from the recent ones in memory or from the durable copy,
once that has reached L. So the two halves meet at L exactly.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

from libs.common import clock
from services.notifier.close_codes import (
    CURSOR_EXPIRED,
    CURSOR_UNKNOWN,
    TRY_AGAIN_LATER,
    CloseCode,
)
from services.notifier.copy_documents import Scope
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import Notification
from services.notifier.durable_copy import CopyPlace
from services.notifier.hub import Hub, Listener, Told

COPY_POLL_S = 0.02


class ReadableCopy(Protocol):
    """What joining needs of the durable copy."""

    async def place(self, partition: int) -> CopyPlace:
        """How far the copy reaches."""

    def kept_from(self, place: CopyPlace) -> int:
        """The first offset from which on nothing has expired."""

    def told_between(
        self, scope: Scope, *, after: Cursor, until: Cursor
    ) -> AsyncIterator[Notification]:
        """The notifications in between, in order."""


class StreamRefusedError(Exception):
    """The stream can't begin at this cursor; `code` says what the client should do."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.reason)
        self.code = code


async def caught_up(
    hub: Hub, copy: ReadableCopy, listener: Listener, *, cursor: Cursor, timeout_s: float
) -> AsyncGenerator[Told]:
    """What the listener's scope was told behind `cursor`, up to where the listener joined.

    Raises StreamRefusedError, UnavailableError.
    """
    scope, until = listener.scope, Cursor.behind(listener.joined_at)
    if cursor >= until:
        # Another replica was ahead of this one: the rest comes live, if the cursor is a true one.
        needed = cursor.offset if cursor.told else cursor.offset - 1
        if not await hub.reached(scope.partition, needed, timeout_s=timeout_s):
            raise StreamRefusedError(CURSOR_UNKNOWN)
        return
    recent = hub.recent(scope, after=cursor)
    if recent is not None:
        for told in recent:
            if told.notification.cursor <= until:
                yield told
        return
    place = await _copied(copy, scope.partition, listener.joined_at, timeout_s=timeout_s)
    if cursor.offset < copy.kept_from(place):
        raise StreamRefusedError(CURSOR_EXPIRED)
    async for notification in copy.told_between(scope, after=cursor, until=until):
        yield Told(notification)


async def _copied(
    copy: ReadableCopy, partition: int, offset: int, *, timeout_s: float
) -> CopyPlace:
    """The copy's place once it holds the record at `offset`."""
    deadline_s = clock.monotonic_s() + timeout_s
    while True:
        place = await copy.place(partition)
        if place.position.offset >= offset:
            return place
        if clock.monotonic_s() > deadline_s:
            raise StreamRefusedError(TRY_AGAIN_LATER)
        await asyncio.sleep(COPY_POLL_S)
