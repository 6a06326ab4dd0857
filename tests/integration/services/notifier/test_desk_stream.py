"""The desk's stream over a real WebSocket, a real Kafka and a real MongoDB."""

import asyncio
from typing import Any

import orjson
import pytest
import websockets

from libs.common.contracts.events import AgentConnected, AgentDisconnected, NotifierAlive
from libs.common.contracts.terms import Role
from services.notifier.close_codes import (
    CREDENTIAL_EXPIRED,
    CURSOR_UNKNOWN,
    REPLACED,
    SERVICE_RESTART,
)
from tests.integration.services.notifier.conftest import World
from tests.integration.services.notifier.events import read_events
from tests.integration.services.notifier.log_writer import LogWriter
from tests.integration.services.notifier.replica import Replica, replica, token
from tests.unit.services.notifier import builders as b

ANSWER_S = 10
Stream = websockets.ClientConnection


async def received(stream: Stream) -> dict[str, Any]:
    """The next message that is no heartbeat, within 10 s."""
    async with asyncio.timeout(ANSWER_S):
        while True:
            message: dict[str, Any] = orjson.loads(await stream.recv())
            if message["type"] != "heartbeat":
                return message


async def closed(stream: Stream) -> int:
    """The code that the stream was closed with, within 10 s."""
    async with asyncio.timeout(ANSWER_S):
        await stream.wait_closed()
    assert stream.close_code is not None
    return stream.close_code


async def test_offer_reaches_its_agents_socket(world: World) -> None:
    """A counted reservation appears on the socket of its agent, with the decision's id."""
    writer = world.writer()
    await writer.begin()
    async with replica(world.settings(), world.names) as one, one.connect() as stream:
        hello = await received(stream)

        offset = await writer.decide(b.reservation_opened(), event_id="event-a")
        told = await received(stream)

    assert hello["type"] == "hello"
    assert told["type"] == "reservation.opened"
    assert (told["id"], told["cursor"]) == ("event-a.0", f"{offset}.1")


async def test_agent_hears_nothing_of_others_and_supervisor_the_overview(world: World) -> None:
    """Another agent's offer, another desk's and another tenant's are not on this socket."""
    writer = world.writer()
    await writer.begin()
    supervisor = token(Role.SUPERVISOR, subject="sue")
    async with (
        replica(world.settings(), world.names) as one,
        one.connect() as agents,
        one.connect(bearer=supervisor) as overview,
    ):
        await received(agents)
        await received(overview)
        await writer.decide(
            b.reservation_opened("bob"),
            b.reservation_opened(desk_id="sales"),
            b.reservation_opened(tenant_id="other"),
            b.message_filed(),
        )

        only = await received(agents)
        first = await received(overview)

    assert only["type"] == "message.filed"
    assert first["body"]["agent_id"] == "bob"


async def test_void_records_are_told_to_nobody(world: World) -> None:
    """What a frozen owner writes after a newer epoch reaches no socket and no copy."""
    writer = world.writer()
    old = await writer.begin()
    async with replica(world.settings(), world.names) as one, one.connect() as stream:
        await received(stream)
        await writer.begin()

        await writer.decide_as_frozen_owner(b.reservation_opened(), epoch=old)
        await writer.decide(b.message_filed())
        told = await received(stream)
        await copied(world, count=1)

    assert told["type"] == "message.filed"


async def test_client_that_reconnects_all_the_time_misses_nothing_and_sees_nothing_twice(
    world: World,
) -> None:
    """Thirty reconnects, each by the last cursor, on two replicas, during 500 notifications."""
    writer = world.writer()
    await writer.begin()
    few = world.settings(stream_recent_messages_max=20)
    async with replica(few, world.names) as one, replica(world.settings(), world.names) as two:
        writing = asyncio.create_task(write_messages(writer, 500))
        seen: list[str] = []
        cursor = "0.0"
        for turn in range(30):
            cursor = await read_some((one, two)[turn % 2], cursor, seen, count=16)
        await writing
        while len(seen) < 500:
            cursor = await read_some(one, cursor, seen, count=1)

    assert seen == [f"event-{number}.0" for number in range(500)]


async def write_messages(writer: LogWriter, count: int) -> None:
    """Records that each tell the agent one message."""
    for number in range(count):
        await writer.decide(b.message_filed(sequence=number + 1))


async def read_some(one: Replica, cursor: str, seen: list[str], *, count: int) -> str:
    """Connect behind the cursor, read so many messages, and leave; returns the new cursor."""
    async with one.connect(cursor=cursor) as stream:
        assert (await received(stream))["cursor"] == cursor
        for _ in range(count):
            message = await received(stream)
            seen.append(message["id"])
            cursor = message["cursor"]
    return cursor


async def copied(world: World, *, count: int) -> None:
    """Wait until the durable copy holds exactly so many notifications."""
    stored = world.database["notifier_notifications"]
    async with asyncio.timeout(ANSWER_S):
        # MongoDB sets no event: look until the records of this partition are copied.
        while await stored.count_documents({}) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await stored.count_documents({}) == count


async def test_heartbeat_moves_the_cursor(world: World) -> None:
    """A quiet stream says that it lives and how far it is."""
    settings = world.settings(stream_heartbeat_s=0.2)
    writer = world.writer()
    await writer.begin()
    async with replica(settings, world.names) as one, one.connect() as stream:
        hello = orjson.loads(await stream.recv())
        offset = await writer.decide(b.reservation_opened("bob"))

        async with asyncio.timeout(ANSWER_S):
            while (beat := orjson.loads(await stream.recv()))["cursor"] == hello["cursor"]:
                assert beat["type"] == "heartbeat"

    assert beat["cursor"] == f"{offset + 1}.0"


REFUSED = [
    ("nonsense", b.DESK, None, 401),
    (token(lifetime_s=-600), b.DESK, None, 401),
    (token(Role.INTEGRATOR), b.DESK, None, 403),
    (token(Role.CUSTOMER), b.DESK, None, 403),
    (token(subject="Not_A_Name"), b.DESK, None, 403),
    (token(), "sales", None, 404),
    (token(desks=("*",)), "No-Name", None, 404),
    (token(), b.DESK, "yesterday", 422),
]


async def test_refused_connection_gets_its_http_status(world: World) -> None:
    """Nobody without the right credential for this desk gets a socket at all."""
    answers = []
    async with replica(world.settings(), world.names) as one:
        for bearer, desk, cursor, _ in REFUSED:
            with pytest.raises(websockets.InvalidStatus) as caught:
                await one.connect(bearer=bearer, desk=desk, cursor=cursor)
            answers.append(caught.value.response)

    assert [answer.status_code for answer in answers] == [status for *_, status in REFUSED]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


async def test_browser_presents_its_token_as_a_subprotocol(world: World) -> None:
    """Where no header can be set, `bearer, <token>` opens the same stream."""
    async with (
        replica(world.settings(), world.names) as one,
        websockets.connect(
            f"ws://127.0.0.1:{one.port}/v1/desks/{b.DESK}/stream",
            subprotocols=[websockets.Subprotocol("bearer"), websockets.Subprotocol(token())],
        ) as stream,
    ):
        hello = await received(stream)

    assert hello["type"] == "hello"
    assert stream.subprotocol == "bearer"


async def test_stream_ends_with_its_credential(world: World) -> None:
    """A socket does not outlive the token that opened it."""
    async with (
        replica(world.settings(), world.names) as one,
        one.connect(bearer=token(lifetime_s=1)) as stream,
    ):
        code = await closed(stream)

    assert code == CREDENTIAL_EXPIRED.code


async def test_cursor_ahead_of_the_log_is_refused(world: World) -> None:
    """A cursor of another cluster does not leave its client waiting for ever."""
    settings = world.settings(stream_join_timeout_s=0.3)
    async with replica(settings, world.names) as one, one.connect(cursor="9999.0") as stream:
        code = await closed(stream)

    assert code == CURSOR_UNKNOWN.code


async def test_leaving_replica_sends_its_clients_elsewhere(world: World) -> None:
    """A graceful stop closes the sockets with 1012 and tells the router who is gone."""
    async with replica(world.settings(), world.names) as one:
        stream = await one.connect()
        hello = await received(stream)
    code = await closed(stream)

    events = await read_events(world)
    found = [event.data for event in events if not isinstance(event.data, NotifierAlive)]
    connection_id = hello["body"]["connection_id"]
    assert code == SERVICE_RESTART.code
    assert [type(data) for data in found] == [AgentConnected, AgentDisconnected]
    assert {data.connection_id for data in found} == {connection_id}  # type: ignore[attr-defined]


async def test_replica_says_that_it_lives_on_every_partition(world: World) -> None:
    """The router learns of a replica on each partition, under a name that is new at each start."""
    settings = world.settings(replica_id="pod-1")
    async with replica(settings, world.names) as one:
        replica_id = one.notifier.streams.presence.replica_id
        events = await read_events(world, until=lambda found: len(found) >= 2)

    alive = [event.data for event in events if isinstance(event.data, NotifierAlive)]
    assert {data.replica_id for data in alive} == {replica_id}
    assert replica_id.startswith("pod-1.")


async def test_newer_connection_replaces_the_older_one_everywhere(world: World) -> None:
    """When the router knows the newer stream, the older one closes, on another replica too."""
    writer = world.writer()
    await writer.begin()
    async with (
        replica(world.settings(), world.names) as one,
        replica(world.settings(), world.names) as two,
    ):
        older, newer = await one.connect(), await two.connect()
        for stream in (older, newer):
            connection_id = (await received(stream))["body"]["connection_id"]
            await writer.decide(b.connection_changed(connection_id))

        code = await closed(older)
        await writer.decide(b.message_filed())
        while (told := await received(newer))["type"] != "message.filed":
            pass
        await newer.close()

    assert code == REPLACED.code
    assert told["body"]["owner_id"] == b.AGENT
