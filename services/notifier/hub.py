"""The live side: hands each notification to the streams of this replica, and keeps recent ones.

Everything here is synchronous, so a stream joins between two records and never inside one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.notifier.close_codes import SLOW_READER, CloseCode
from services.notifier.copy_documents import Scope
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import Notification


@dataclass(frozen=True, slots=True)
class Told:
    """A notification on its way; `appended_ms` is when the broker took its record, if live."""

    notification: Notification
    appended_ms: int | None = None


class Listener:
    """One stream's bounded queue. Full, or told to, it closes with a code and takes no more."""

    def __init__(self, scope: Scope, *, joined_at: int, queue_max: int) -> None:
        self.scope = scope
        self.joined_at = joined_at
        self.closed: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()
        self._queue: asyncio.Queue[Told] = asyncio.Queue(maxsize=queue_max)

    @property
    def is_empty(self) -> bool:
        """Whether everything that was offered has been taken."""
        return self._queue.empty()

    def offer(self, told: Told) -> None:
        """Queue it; a stream whose client is too slow closes and resumes by its cursor."""
        if self.closed.done():
            return
        try:
            self._queue.put_nowait(told)
        except asyncio.QueueFull:
            self.close(SLOW_READER)

    async def next(self, timeout_s: float) -> Told | None:
        """The next notification, or None when none came in time."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._queue.get()
        except TimeoutError:
            return None

    def close(self, code: CloseCode) -> None:
        """End the stream; the first reason is the one that counts."""
        if not self.closed.done():
            self.closed.set_result(code)


@dataclass(slots=True)
class _Partition:
    """`live_at` is the last record handed out; `recent` is complete from `recent_from` on."""

    live_at: int
    recent_from: int
    recent: deque[Told] = field(default_factory=deque)
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """Who listens, and how far each partition's live reading has come."""

    def __init__(self, *, queue_max: int, recent_max: int) -> None:
        self._queue_max = queue_max
        self._recent_max = recent_max
        self._partitions: dict[int, _Partition] = {}
        self._listeners: dict[tuple[str, str, str], set[Listener]] = {}
        self._all: set[Listener] = set()
        self.is_closing = False

    def begin(self, partition: int, live_at: int) -> None:
        """The live reading of this partition starts behind the record at `live_at`."""
        self._partitions[partition] = _Partition(live_at=live_at, recent_from=live_at + 1)

    def live_at(self, partition: int) -> int:
        """The offset of the last record that every listener was offered; -1 before the first."""
        found = self._partitions.get(partition)
        return found.live_at if found else -1

    @property
    def listeners(self) -> frozenset[Listener]:
        """All streams that are open on this replica."""
        return frozenset(self._all)

    def publish(
        self,
        partition: int,
        offset: int,
        notifications: Sequence[Notification],
        *,
        appended_ms: int,
    ) -> None:
        """Offer what the record at `offset` tells to all whom it concerns, and move on."""
        place = self._partitions[partition]
        for notification in notifications:
            told = Told(notification, appended_ms)
            place.recent.append(told)
            for listener in self._concerned(notification):
                listener.offer(told)
        while len(place.recent) > self._recent_max:
            place.recent_from = place.recent.popleft().notification.cursor.offset + 1
        place.live_at = offset
        moved, place.moved = place.moved, asyncio.Event()
        moved.set()

    def listen(self, scope: Scope) -> Listener:
        """A stream that is offered everything behind the present record of its partition."""
        listener = Listener(
            scope, joined_at=self.live_at(scope.partition), queue_max=self._queue_max
        )
        self._all.add(listener)
        for key in _keys(scope):
            self._listeners.setdefault(key, set()).add(listener)
        return listener

    def is_heard(self, tenant_id: str, desk_id: str, audience: str) -> bool:
        """Whether a stream of this replica belongs to the audience."""
        return (tenant_id, desk_id, audience) in self._listeners

    def leave(self, listener: Listener) -> None:
        """Offer it nothing any more; repeating it does nothing."""
        self._all.discard(listener)
        for key in _keys(listener.scope):
            found = self._listeners.get(key, set())
            found.discard(listener)
            if not found:
                self._listeners.pop(key, None)

    def close_all(self, code: CloseCode) -> None:
        """Close every stream of this replica, for good."""
        self.is_closing = True
        for listener in self._all:
            listener.close(code)

    def recent(self, scope: Scope, *, after: Cursor) -> list[Told] | None:
        """What was told to this scope behind `after`, or None where that is not remembered."""
        place = self._partitions.get(scope.partition)
        if place is None or after.offset < place.recent_from:
            return None
        return [
            told
            for told in place.recent
            if told.notification.cursor > after and _is_for(told.notification, scope)
        ]

    async def reached(self, partition: int, offset: int, *, timeout_s: float) -> bool:
        """Whether the live reading came to that record in time."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.live_at(partition) < offset:
                    await self._partitions[partition].moved.wait()
        except (TimeoutError, KeyError):
            return False
        return True

    def _concerned(self, notification: Notification) -> set[Listener]:
        desk = (notification.tenant_id, notification.desk_id)
        concerned: set[Listener] = set()
        for audience in notification.audiences:
            concerned |= self._listeners.get((*desk, audience), set())
        return concerned


def _keys(scope: Scope) -> list[tuple[str, str, str]]:
    return [(scope.tenant_id, scope.desk_id, audience) for audience in scope.audiences]


def _is_for(notification: Notification, scope: Scope) -> bool:
    return (notification.tenant_id, notification.desk_id) == (
        scope.tenant_id,
        scope.desk_id,
    ) and not set(notification.audiences).isdisjoint(scope.audiences)
