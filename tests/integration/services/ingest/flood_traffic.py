"""A flood as integrators cause it, and customers who write one message after the other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
import orjson

from libs.common import clock
from libs.common.contracts.terms import Role
from libs.common.contracts.topics import routing_key
from libs.common.contracts.wire import decode_event
from libs.common.identifiers import fresh_nonce
from libs.common.kafka_records import Record, partition_of
from libs.common.kafka_tail import tail
from tests.integration.services.ingest.topic_reader import PARTITIONS, TopicReader
from tests.unit.services.ingest.front_door import bearer, customer_token, token

SENDERS, BATCHES_EACH, BATCH = 6, 10, 50
CUSTOMERS_EACH = 10
FLOOD_MESSAGES = SENDERS * BATCHES_EACH * BATCH
REPEAT_PAUSE_S = 0.05
BATCH_TYPE = {"content-type": "application/cloudevents-batch+json"}


@dataclass(slots=True)
class Arrivals:
    """What stands in the events' log, in its order."""

    records: list[Record] = field(default_factory=list)
    firsts: dict[str, Record] = field(default_factory=dict)

    @asynccontextmanager
    async def following(self, reader: TopicReader) -> AsyncIterator[None]:
        """Read along inside the block."""
        reading = asyncio.create_task(self._follow(reader))
        try:
            yield
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    async def _follow(self, reader: TopicReader) -> None:
        async with aclosing(tail(reader.kafka, reader.topic, offsets=reader.offsets)) as batches:
            async for batch in batches:
                self.records.extend(batch.records)
                for record in batch.records:
                    self.firsts.setdefault(decode_event(record.value).id, record)


@dataclass(slots=True)
class Sent:
    """One customer's messages: the id of each and when its 2xx came, in the order sent."""

    acknowledged: list[tuple[str, float]] = field(default_factory=list)

    @property
    def event_ids(self) -> list[str]:
        """The ids in the order sent."""
        return [event_id for event_id, _ in self.acknowledged]

    def is_in_order(self, arrivals: Arrivals) -> bool:
        """Whether the messages' first arrivals stand in the log as they were sent."""
        offsets = [arrivals.firsts[event_id].offset for event_id in self.event_ids]
        return offsets == sorted(offsets)

    def delay_s_max(self, arrivals: Arrivals) -> float:
        """The longest time from a 2xx to the append to the events, in seconds."""
        return max(
            arrivals.firsts[event_id].timestamp_ms / 1000 - at_s
            for event_id, at_s in self.acknowledged
        )


def neighbour_desk() -> str:
    """Another desk, whose events are in the partition of acme/support."""
    wanted = partition_of(routing_key("acme", "support"), PARTITIONS)
    names = (f"desk-{number}" for number in range(1_000))
    return next(
        name for name in names if partition_of(routing_key("acme", name), PARTITIONS) == wanted
    )


def endpoints() -> str:
    """The flooded desk's chat and the neighbour's."""
    entry = "- {{endpoint_id: {0}-chat, channel: web_chat, tenant_id: acme, desk_id: {0}}}\n"
    return entry.format("support") + entry.format(neighbour_desk())


async def flood(client: httpx.AsyncClient, urls: Sequence[str]) -> list[Sent]:
    """3,000 messages in batches, by six senders at all replicas; those of each customer."""
    source = f"/flood/{fresh_nonce()}"
    by_sender = await asyncio.gather(
        *(_flood_alone(client, urls, source=f"{source}/{number}") for number in range(SENDERS))
    )
    return [one for customers in by_sender for one in customers]


async def _flood_alone(
    client: httpx.AsyncClient, urls: Sequence[str], *, source: str
) -> list[Sent]:
    customers = [Sent() for _ in range(CUSTOMERS_EACH)]
    headers = BATCH_TYPE | bearer(token(Role.INTEGRATOR, desks=["*"]))
    for number in range(BATCHES_EACH):
        batch = orjson.dumps([_message(source, number * BATCH + place) for place in range(BATCH)])
        answer = await _surely(
            client, urls, number, path="/v1/events", content=batch, headers=headers
        )
        for place, event_id in enumerate(answer.json()["event_ids"]):
            customers[place % CUSTOMERS_EACH].acknowledged.append((event_id, clock.now_ms() / 1000))
    return customers


def _message(source: str, number: int) -> dict[str, object]:
    address = f"{source.rpartition('/')[2]}-{number % CUSTOMERS_EACH}@example.org"
    return {
        "specversion": "1.0",
        "id": str(number),
        "source": source,
        "type": "switchboard.event.message-received.v1",
        "data": {
            "endpoint_id": "support-chat",
            "customer": {"family": "email", "address": address},
            "text": f"message {number}",
        },
    }


async def write(
    client: httpx.AsyncClient,
    urls: Sequence[str],
    *,
    desk: str,
    pause_s: float,
    is_over: Callable[[], bool],
) -> Sent:
    """One customer's messages, each after the last one's 2xx, at one replica after the other,
    until the flood is over.
    """
    sent, number = Sent(), 0
    headers = {"content-type": "application/json"} | bearer(
        customer_token(endpoint=f"{desk}-chat", subject=f"writer-{fresh_nonce()}")
    )
    while not is_over():
        body = orjson.dumps({"message_id": fresh_nonce(), "text": f"message {number}"})
        path = f"/v1/channels/web_chat/{desk}-chat"
        answer = await _surely(client, urls, number, path=path, content=body, headers=headers)
        sent.acknowledged.append((answer.json()["event_id"], clock.now_ms() / 1000))
        number += 1
        await asyncio.sleep(pause_s)
    return sent


async def _surely(
    client: httpx.AsyncClient,
    urls: Sequence[str],
    turn: int,
    *,
    path: str,
    content: bytes,
    headers: dict[str, str],
) -> httpx.Response:
    """The 2xx. A replica that is gone or unsure leaves the same request to the next one."""
    while True:
        with suppress(httpx.TransportError):
            url = urls[turn % len(urls)] + path
            answer = await client.post(url, content=content, headers=headers)
            if answer.is_success:
                return answer
            assert answer.status_code == 503, answer.text
        turn += 1
        await asyncio.sleep(REPEAT_PAUSE_S)
