"""The desk's stream over a real WebSocket, a real Kafka and a real MongoDB."""

import asyncio
from typing import Any

import orjson
import websockets

from tests.integration.services.notifier.conftest import World
from tests.integration.services.notifier.replica import replica
from tests.unit.services.notifier import builders as b

ANSWER_S = 10


async def received(stream: websockets.ClientConnection) -> dict[str, Any]:
    """The next message, within 10 s."""
    async with asyncio.timeout(ANSWER_S):
        message: dict[str, Any] = orjson.loads(await stream.recv())
    return message


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
