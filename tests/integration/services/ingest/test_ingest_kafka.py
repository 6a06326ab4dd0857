"""On the real Kafka: what was answered with 2xx is in the log, and nothing else is answered so."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import orjson
import pytest

from deploy.local.servers import LocalServers
from libs.common import clock
from libs.common.contracts.events import MessageReceived
from libs.common.contracts.topics import CUSTOMER_EVENTS, ROUTING_EVENTS
from libs.common.contracts.wire import decode_event
from libs.common.errors import UnavailableError
from libs.common.identifiers import fresh_nonce
from libs.common.kafka_records import partition_of
from libs.common.kafka_topics import TopicMismatchError, check_topics
from tests.integration.services.ingest.conftest import PUBLISH_TIMEOUT_S
from tests.integration.services.ingest.topic_reader import PARTITIONS, TopicReader
from tests.unit.services.ingest.front_door import API_KEY, bearer, customer_token

CHAT = "/v1/channels/web_chat/acme-chat"
BATCH = {"content-type": "application/cloudevents-batch+json"} | bearer(API_KEY)


def message(text: str = "שלום 👋") -> dict[str, str]:
    """A web chat message that no other test sends."""
    return {"message_id": fresh_nonce(), "text": text}


def orders(count: int) -> bytes:
    """A batch of timeline events that no other test sends."""
    source = f"/shop/{fresh_nonce()}"
    return orjson.dumps(
        [
            {
                "specversion": "1.0",
                "id": str(number),
                "source": source,
                "type": "switchboard.customer.event-recorded.v1",
                "data": {
                    "kind": "order",
                    "customer": {"family": "email", "address": "anna@example.org"},
                    "summary": f"Order {number}",
                },
            }
            for number in range(count)
        ]
    )


@asynccontextmanager
async def frozen(pid: int, kafka: str) -> AsyncIterator[None]:
    """A Kafka that does nothing for a while; it is well again for whoever comes next."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        await well(kafka)


async def well(kafka: str) -> None:
    """Return once the broker has rejoined its own cluster; TimeoutError after 20 s."""
    async with asyncio.timeout(20):
        while True:
            with suppress(UnavailableError, TopicMismatchError):
                await check_topics(kafka, partitions=PARTITIONS)
                return
            await asyncio.sleep(0.1)


async def test_message_lands_once_on_its_desks_partition(
    client: httpx.AsyncClient, topics: str
) -> None:
    """The id that was answered, the desk's key and partition, the content type, every letter."""
    reader = await TopicReader.from_now(topics, ROUTING_EVENTS)

    answer = await client.post(CHAT, json=message(), headers=bearer(customer_token()))

    (record,) = await reader.read(1)
    event = decode_event(record.value)
    assert answer.status_code == 202
    assert answer.json() == {"event_id": event.id}
    assert record.key == b"acme/support"
    assert record.partition == partition_of(b"acme/support", PARTITIONS)
    assert dict(record.headers)["content-type"] == b"application/cloudevents+json"
    assert isinstance(event.data, MessageReceived)
    assert event.data.content.text == "שלום 👋"


async def test_batch_lands_whole_and_in_order(client: httpx.AsyncClient, topics: str) -> None:
    """A hundred events of one customer keep their order; a repeat has the same ids."""
    reader = await TopicReader.from_now(topics, CUSTOMER_EVENTS)
    batch = orders(100)

    first = await client.post("/v1/events", content=batch, headers=BATCH)
    again = await client.post("/v1/events", content=batch, headers=BATCH)

    event_ids = first.json()["event_ids"]
    records = await reader.read(200)
    assert first.status_code == 202
    assert again.json() == first.json()
    assert [decode_event(record.value).id for record in records] == event_ids * 2
    assert {record.partition for record in records} == {
        partition_of(records[0].key or b"", PARTITIONS)
    }


async def test_without_kafka_senders_hear_503_soon_and_the_repeat_succeeds(
    client: httpx.AsyncClient, topics: str, local_servers: LocalServers
) -> None:
    """No false 2xx, an answer within the publish timeout, and afterwards no event is missing."""
    if local_servers.kafka is None or local_servers.kafka.pid is None:
        pytest.skip("the Kafka is the user's own: it must not be frozen")
    reader = await TopicReader.from_now(topics, ROUTING_EVENTS)
    body = message()

    async with frozen(local_servers.kafka.pid, topics):
        began_s = clock.monotonic_s()
        refused = await client.post(CHAT, json=body, headers=bearer(customer_token()))
        waited_s = clock.monotonic_s() - began_s
        readiness = await client.get("/readyz")
    taken = await client.post(CHAT, json=body, headers=bearer(customer_token()))

    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert waited_s < PUBLISH_TIMEOUT_S + 1
    assert readiness.status_code == 503
    assert taken.status_code == 202
    event_ids = {decode_event(record.value).id for record in await reader.read(1)}
    assert event_ids == {taken.json()["event_id"]}
