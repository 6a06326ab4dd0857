"""Reads whole topics by a plain client, each time up to where they end then.

A client that does not get there in time is replaced by another, which goes on at the same place:
what is judged is the platform, not the client library under a broker that was killed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.e2e.checker.material import RawRecord

STUCK_AFTER_S = 30.0
CLIENTS_MAX = 3
_STOP_S = 5.0
_POLL_MS = 500
_FETCH_RECORDS_MAX = 2_000


class TopicReader:
    """Reads topics from their beginnings, and goes on where it stopped when asked again."""

    def __init__(self, bootstrap_servers: str, topics: Sequence[str]) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topics = tuple(topics)
        self._next: dict[TopicPartition, int] = {}
        self.records: dict[str, list[RawRecord]] = {topic: [] for topic in topics}

    async def start(self) -> None:
        """Connect, to go on at each partition's place, which is first its beginning."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=16 * 1024 * 1024,
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        await self._consumer.start()
        await self._consumer._client.force_metadata_update()
        places = [
            TopicPartition(topic, partition)
            for topic in self._topics
            for partition in self._consumer.partitions_for_topic(topic) or ()
        ]
        self._consumer.assign(places)
        begun = await self._consumer.beginning_offsets(places)
        for place in places:
            self._consumer.seek(place, self._next.setdefault(place, begun[place]))

    async def stop(self) -> None:
        """Disconnect; what was read stays."""
        await self._consumer.stop()

    async def read_to_end(self) -> dict[TopicPartition, int]:
        """Read up to the ends as they are now; returns these, by partition.

        Raises TimeoutError, saying where, when `CLIENTS_MAX` clients don't get there.
        """
        for _ in range(CLIENTS_MAX):
            try:
                async with asyncio.timeout(STUCK_AFTER_S):
                    return await self._read_to_end()
            except TimeoutError:
                print(f"a reader is stuck: {self._told()}; another one goes on")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stop(), _STOP_S)
                await asyncio.wait_for(self.start(), STUCK_AFTER_S)
        raise TimeoutError(f"readers are stuck: {self._told()}")

    async def _read_to_end(self) -> dict[TopicPartition, int]:
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(list(self._next))
        while any(self._next[place] < end for place, end in ends.items()):
            found = await self._consumer.getmany(
                timeout_ms=_POLL_MS, max_records=_FETCH_RECORDS_MAX
            )
            for place, records in found.items():
                self.records[place.topic].extend(map(_raw, records))
                self._next[place] = records[-1].offset + 1
        return ends

    def _told(self) -> str:
        return ", ".join(
            f"{place.topic}[{place.partition}] at {offset}" for place, offset in self._next.items()
        )


@asynccontextmanager
async def reading(bootstrap_servers: str, *topics: str) -> AsyncIterator[TopicReader]:
    """A reader of these topics inside the block."""
    reader = TopicReader(bootstrap_servers, topics)
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


def _raw(record: Any) -> RawRecord:  # noqa: ANN401 - the client's record type is not typed
    return RawRecord(
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        time_ms=record.timestamp,
    )
