"""Tests of one stream from greeting to end."""

import asyncio

import orjson
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.websockets import WebSocketDisconnect

from libs.common import telemetry
from services.notifier.close_codes import (
    CREDENTIAL_EXPIRED,
    CURSOR_EXPIRED,
    GONE,
    SERVICE_RESTART,
    SLOW_READER,
    CloseCode,
)
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import notifications_of
from services.notifier.hub import Hub, Listener
from services.notifier.streaming import Stream, StreamLimits, close_at_expiry, follow
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.fakes import SCOPE, FakeCopy, offer

LIMITS = StreamLimits(heartbeat_s=0.02, send_timeout_s=0.1, join_timeout_s=0.1)


class Client:
    """Remembers what it was sent as (type, cursor); leaves after so many."""

    def __init__(self, *, leaves_after: int = 100, error: Exception | None = None) -> None:
        self.seen: list[tuple[str, str]] = []
        self.enough = asyncio.Event()
        self._leaves_after = leaves_after
        self._error = error

    async def send(self, message: str, cursor: Cursor, message_type: str) -> None:
        """Take one message."""
        if self._error:
            raise self._error
        assert orjson.loads(message)["cursor"] == str(cursor)
        self.seen.append((message_type, str(cursor)))
        if len(self.seen) >= self._leaves_after:
            self.enough.set()


def hub_at(live_at: int) -> Hub:
    """A hub behind this record."""
    hub = Hub(queue_max=10, recent_max=10)
    hub.begin(0, live_at)
    return hub


def stream_of(hub: Hub, listener: Listener, cursor: Cursor | None, copy: FakeCopy) -> Stream:
    """A stream over these parts."""
    return Stream("desk", hub=hub, copy=copy, listener=listener, cursor=cursor, limits=LIMITS)


async def followed(
    hub: Hub, listener: Listener, client: Client, *, cursor: Cursor | None, copy: FakeCopy
) -> CloseCode:
    """Follow until the client has enough, and then close."""
    stream = stream_of(hub, listener, cursor, copy)
    following = asyncio.create_task(follow(stream, listener, client.send, hello={}))
    enough = asyncio.create_task(client.enough.wait())
    async with asyncio.timeout(5):
        await asyncio.wait({following, enough}, return_when=asyncio.FIRST_COMPLETED)
        enough.cancel()
        listener.close(SERVICE_RESTART)
        return await following


async def test_stream_greets_catches_up_follows_and_lives_on() -> None:
    """Hello, the past, the live ones once, and then heartbeats with a moved cursor."""
    hub = hub_at(1)
    copy = FakeCopy([*offer(0), *offer(1)], reaches=1)
    listener = hub.listen(SCOPE)
    hub.publish(0, 2, offer(2), appended_ms=1)
    hub.publish(0, 3, (), appended_ms=1)
    client = Client(leaves_after=5)

    code = await followed(hub, listener, client, cursor=Cursor(0, 0), copy=copy)

    assert client.seen == [
        ("hello", "0.0"),
        ("reservation.opened", "0.1"),
        ("reservation.opened", "1.1"),
        ("reservation.opened", "2.1"),
        ("heartbeat", "4.0"),
    ]
    assert code is SERVICE_RESTART


async def test_stream_without_a_cursor_begins_now() -> None:
    """Nothing of the past is shown, and the greeting names the present place."""
    hub = hub_at(7)
    client = Client(leaves_after=1)

    await followed(hub, hub.listen(SCOPE), client, cursor=None, copy=FakeCopy())

    assert client.seen == [("hello", "8.0")]


async def test_what_the_client_has_is_not_shown_again() -> None:
    """A client that was ahead of this replica sees only what is behind its cursor."""
    hub = hub_at(1)
    listener = hub.listen(SCOPE)
    for offset in (2, 3):
        hub.publish(0, offset, offer(offset), appended_ms=1)
    client = Client(leaves_after=2)

    await followed(hub, listener, client, cursor=Cursor(2, 1), copy=FakeCopy())

    assert client.seen == [("hello", "2.1"), ("reservation.opened", "3.1")]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError(), SLOW_READER),
        (WebSocketDisconnect(1006), GONE),
        (ConnectionResetError(), GONE),
    ],
)
async def test_failing_client_ends_its_stream_with_the_reason(
    error: Exception, code: CloseCode
) -> None:
    """A client that does not read or is gone ends its own stream and nothing else."""
    hub = hub_at(0)
    client = Client(error=error)

    assert await followed(hub, hub.listen(SCOPE), client, cursor=None, copy=FakeCopy()) is code


async def test_refused_cursor_ends_the_stream_with_its_code() -> None:
    """The client hears what to do."""
    hub, copy = hub_at(4), FakeCopy(reaches=4, begins=3)

    code = await followed(hub, hub.listen(SCOPE), Client(), cursor=Cursor(0, 0), copy=copy)

    assert code is CURSOR_EXPIRED


async def test_push_is_a_span_of_its_decisions_trace() -> None:
    """A sampled decision is traced to the socket; what is not sampled costs no span."""
    exporter = InMemorySpanExporter()
    telemetry.configure_tracing("notifier", exporter, is_batched=False)
    hub = hub_at(0)
    listener = hub.listen(SCOPE)
    for offset, traceparent in ((1, b.TRACEPARENT), (2, None)):
        record = b.record(b.reservation_opened(), traceparent=traceparent)
        hub.publish(0, offset, notifications_of(record, offset), appended_ms=1)

    await followed(hub, listener, Client(leaves_after=3), cursor=None, copy=FakeCopy())
    telemetry.configure_tracing("notifier", None)

    (span,) = exporter.get_finished_spans()
    assert span.name == "notifier.push"
    assert span.parent is not None
    assert f"{span.parent.trace_id:032x}" == b.TRACEPARENT.split("-")[1]
    assert f"{span.parent.span_id:016x}" == b.TRACEPARENT.split("-")[2]


async def test_surprise_is_not_swallowed() -> None:
    """A mistake of ours is raised, not shown as the client's."""
    hub = hub_at(0)

    with pytest.raises(ZeroDivisionError):
        await followed(
            hub,
            hub.listen(SCOPE),
            Client(error=ZeroDivisionError()),
            cursor=None,
            copy=FakeCopy(),
        )


async def test_stream_ends_with_its_credential() -> None:
    """An expired credential closes the listener; one without an end never does."""
    listener = hub_at(0).listen(SCOPE)

    assert close_at_expiry(listener, None) is None
    close_at_expiry(listener, 0.0)
    async with asyncio.timeout(1):
        code = await listener.closed

    assert code is CREDENTIAL_EXPIRED
