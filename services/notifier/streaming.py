"""One open stream, whatever carries it: catches up, follows, stays alive, ends with a reason."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from anyio import BrokenResourceError, ClosedResourceError
from starlette.websockets import WebSocketDisconnect

from libs.common import clock, metrics, telemetry
from libs.common.errors import UnavailableError
from libs.common.telemetry import Attribute, SpanKind, SpanName
from services.notifier.close_codes import (
    CREDENTIAL_EXPIRED,
    GONE,
    SLOW_READER,
    TRY_AGAIN_LATER,
    CloseCode,
)
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import write_message
from services.notifier.hub import Hub, Listener, Told
from services.notifier.joining import ReadableCopy, StreamRefusedError, caught_up

HELLO = "hello"
HEARTBEAT = "heartbeat"

# Brings one message to the client: its text, its cursor, and its type.
Send = Callable[[str, Cursor, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """How long each part of a stream may take, in seconds."""

    heartbeat_s: float
    send_timeout_s: float
    join_timeout_s: float


class Stream:
    """Sends what its listener's scope is told behind `cursor` (None: from now on), in order."""

    def __init__(
        self,
        kind: str,
        *,
        hub: Hub,
        copy: ReadableCopy,
        listener: Listener,
        cursor: Cursor | None,
        limits: StreamLimits,
    ) -> None:
        self._kind = kind
        self._hub = hub
        self._copy = copy
        self._listener = listener
        self._cursor = cursor or Cursor.behind(listener.joined_at)
        self._limits = limits

    async def run(self, send: Send, *, hello: dict[str, object]) -> None:
        """Greet, catch up and follow until cancelled.

        Raises StreamRefusedError, UnavailableError, TimeoutError when a message won't leave, and
        what `send` raises.
        """
        await self._note(send, HELLO, hello)
        async with aclosing(self._past()) as past:
            async for told in past:
                await self._push(send, told)
        while True:
            following = await self._listener.next(self._limits.heartbeat_s)
            if following is not None:
                if following.notification.cursor > self._cursor:
                    await self._push(send, following)
            elif self._listener.is_empty:
                # Nothing is queued, so all that was read live is through: the cursor moves on.
                live = Cursor.behind(self._hub.live_at(self._listener.scope.partition))
                self._cursor = max(self._cursor, live)
                await self._note(send, HEARTBEAT, {})

    def _past(self) -> AsyncGenerator[Told]:
        return caught_up(
            self._hub,
            self._copy,
            self._listener,
            cursor=self._cursor,
            timeout_s=self._limits.join_timeout_s,
        )

    async def _push(self, send: Send, told: Told) -> None:
        notification = told.notification
        with telemetry.span(
            SpanName.NOTIFIER_PUSH,
            traceparent=notification.traceparent,
            kind=SpanKind.PRODUCER,
            attributes={
                Attribute.TENANT_ID: notification.tenant_id,
                Attribute.DESK_ID: notification.desk_id,
                Attribute.EVENT_TYPE: notification.type,
            },
        ):
            async with asyncio.timeout(self._limits.send_timeout_s):
                await send(notification.message, notification.cursor, notification.type)
        self._cursor = notification.cursor
        if told.appended_ms is not None:
            age_s = max(0, clock.now_ms() - told.appended_ms) / 1000
            metrics.PUSHED.labels(kind=self._kind).observe(age_s)

    async def _note(self, send: Send, message_type: str, body: dict[str, object]) -> None:
        message = write_message(
            cursor=self._cursor,
            message_id=f"{message_type}.{self._cursor}",
            message_type=message_type,
            time_ms=clock.now_ms(),
            traceparent=None,
            body=body,
        )
        async with asyncio.timeout(self._limits.send_timeout_s):
            await send(message, self._cursor, message_type)


def close_at_expiry(listener: Listener, expires_at_s: float | None) -> asyncio.TimerHandle | None:
    """Close the listener when its credential expires; the caller cancels the timer at the end."""
    if expires_at_s is None:
        return None
    left_s = max(0.0, expires_at_s - clock.now_ms() / 1000)
    return asyncio.get_running_loop().call_later(left_s, listener.close, CREDENTIAL_EXPIRED)


async def follow(
    stream: Stream, listener: Listener, send: Send, *, hello: dict[str, object]
) -> CloseCode:
    """Run the stream until its listener is closed or it can't go on; returns why it ended."""
    running = asyncio.create_task(stream.run(send, hello=hello))
    try:
        ends: set[asyncio.Future[Any]] = {running, listener.closed}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if listener.closed.done():
            return listener.closed.result()
        return _reason(running.exception())
    finally:
        running.cancel()
        await asyncio.wait({running})


def _reason(error: BaseException | None) -> CloseCode:
    match error:
        case StreamRefusedError():
            return error.code
        case TimeoutError():
            return SLOW_READER
        case UnavailableError():
            return TRY_AGAIN_LATER
        case WebSocketDisconnect() | ClosedResourceError() | BrokenResourceError() | OSError():
            return GONE
        case None:
            raise AssertionError("a stream never ends by itself")
        case _:
            raise error
