"""The raw limits: what the Kafka client alone can do on the same machine, without any of our code.

    python -m benchmarks.raw_kafka SERVERS SOURCE TARGET PARTITION RECORDS

copies so many records of one partition to another topic, record by record as they come, and prints
the processor seconds that it took; its pace is read from the target topic afterwards.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from libs.common import clock
from libs.common.contracts.topics import TOPICS, Topic
from libs.common.kafka_topics import ensure_topics

FIRST, SECOND = "benchmark.first", "benchmark.second"
RECORDS_PER_READ_MAX = 500
LINGER_MS = 0
BATCH_BYTES_MAX = 256 * 1024
COPY_TIMEOUT_S = 300.0


async def make_topics(bootstrap_servers: str, *, partitions: int) -> None:
    """Two topics for the raw client, set as the platform's are."""
    topics = [Topic(name=name, settings=TOPICS[0].settings) for name in (FIRST, SECOND)]
    await ensure_topics(bootstrap_servers, partitions=partitions, topics=topics)


async def fill(
    bootstrap_servers: str,
    topic: str,
    partition: int,
    records: Sequence[tuple[bytes | None, bytes]],
) -> None:
    """Publish many (key, value) in order."""
    async with producing(bootstrap_servers) as producer:
        sends = [await producer.send(topic, value, key, partition) for key, value in records]
        await asyncio.gather(*sends)


async def copy(
    bootstrap_servers: str, *, source: str, target: str, partition: int, records: int
) -> float:
    """Consume and produce so many records from the beginning; returns processor seconds."""
    async with producing(bootstrap_servers) as producer, _consumer(bootstrap_servers) as consumer:
        place = TopicPartition(source, partition)
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        began_s = time.process_time()
        sends: list[asyncio.Future[object]] = []
        while len(sends) < records:
            found = await consumer.getmany(timeout_ms=500, max_records=RECORDS_PER_READ_MAX)
            for read in found.get(place, ()):
                sent = await producer.send(
                    target, read.value, read.key, partition, headers=read.headers
                )
                sends.append(sent)
        await asyncio.gather(*sends)
        return time.process_time() - began_s


async def run_copy(bootstrap_servers: str, *, source: str, partition: int, records: int) -> float:
    """Copy to the topic FIRST in a process of its own; returns its processor seconds."""
    copying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.raw_kafka", bootstrap_servers, source, FIRST),
        *(str(partition), str(records)),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(COPY_TIMEOUT_S):
        printed, _ = await copying.communicate()
    if copying.returncode:
        raise RuntimeError("the raw client failed")
    return float(printed)


class Hops:
    """A record's way over two topics with a forwarder between them, as an event and its decision
    go; a context manager.
    """

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._waiting: dict[bytes, asyncio.Future[None]] = {}
        self._sent = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Hops"]:
        """Forward and listen inside the block."""
        servers = self._bootstrap_servers
        async with (
            producing(servers) as self._producer,
            producing(servers) as forwarder,
            _consumer(servers) as first,
            _consumer(servers) as second,
        ):
            for consumer, topic in ((first, FIRST), (second, SECOND)):
                place = TopicPartition(topic, 0)
                consumer.assign([place])
                await consumer.seek_to_end(place)
            tasks = [
                asyncio.create_task(_forward(first, forwarder)),
                asyncio.create_task(self._listen(second)),
            ]
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def send(self, value: bytes) -> tuple[float, float]:
        """Send one record; returns seconds to its acknowledgement and to its arrival."""
        self._sent += 1
        key = b"%d" % self._sent
        arrived = self._waiting[key] = asyncio.get_running_loop().create_future()
        began_s = clock.monotonic_s()
        await self._producer.send_and_wait(FIRST, value, key, 0)
        acked_s = clock.monotonic_s() - began_s
        await arrived
        return acked_s, clock.monotonic_s() - began_s

    async def _listen(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    self._waiting.pop(record.key).set_result(None)


async def _forward(consumer: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
    while True:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for record in records:
                await producer.send(SECOND, record.value, record.key, 0)


@asynccontextmanager
async def producing(bootstrap_servers: str) -> AsyncIterator[AIOKafkaProducer]:
    """A producer inside the block, set as the platform's are."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        linger_ms=LINGER_MS,
        max_batch_size=BATCH_BYTES_MAX,
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def _consumer(bootstrap_servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


def main() -> None:
    """Copy, and print the processor seconds."""
    servers, source, target, partition, records = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        used_s = runner.run(
            copy(
                servers,
                source=source,
                target=target,
                partition=int(partition),
                records=int(records),
            )
        )
    sys.stdout.write(f"{used_s:.3f}{os.linesep}")


if __name__ == "__main__":
    main()
