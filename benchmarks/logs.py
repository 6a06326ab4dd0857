"""Reading the platform's topics after the fact: when the broker appended which record."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import Record


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a partition from the offset `start` to before `end`."""

    topic: str
    partition: int
    start: int
    end: int


@asynccontextmanager
async def watching(
    bootstrap_servers: str, topic: str
) -> AsyncIterator[Callable[[int], Awaitable[int]]]:
    """Asks again and again: gives a function from a partition to its present end."""
    consumer = LogConsumer(bootstrap_servers, topic, client_id="benchmark")
    await consumer.start()

    async def end_of(partition: int) -> int:
        return (await consumer.end_offsets([partition]))[partition]

    try:
        yield end_of
    finally:
        await consumer.stop()


async def end_of(bootstrap_servers: str, topic: str, partition: int) -> int:
    """The offset that the partition's next record will have."""
    async with watching(bootstrap_servers, topic) as end:
        return await end(partition)


async def read(bootstrap_servers: str, span: Span) -> list[Record]:
    """All records of the span, in order."""
    if span.start >= span.end:
        return []
    consumer = LogConsumer(bootstrap_servers, span.topic, client_id="benchmark")
    await consumer.start()
    found: list[Record] = []
    try:
        consumer.assign([span.partition])
        consumer.seek(span.partition, span.start)
        while await consumer.position(span.partition) < span.end:
            batches = await consumer.get_many(timeout_ms=500, max_records=5_000)
            found.extend(batches.get(span.partition, []))
    finally:
        await consumer.stop()
    return [record for record in found if record.offset < span.end]


async def read_new(
    bootstrap_servers: str, topic: str, partition: int, *, start: int
) -> list[Record]:
    """All records from `start` to the present end."""
    end = await end_of(bootstrap_servers, topic, partition)
    return await read(bootstrap_servers, Span(topic, partition, start, end))


def pace(records: list[Record]) -> float:
    """Records per second between the first and the last append; the broker's clock counts ms."""
    elapsed_ms = max(1, records[-1].timestamp_ms - records[0].timestamp_ms)
    return (len(records) - 1) * 1000 / elapsed_ms
