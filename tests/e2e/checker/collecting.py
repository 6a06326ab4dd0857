"""Collects what there is to judge: all topics, whole, and the stored timeline; by plain clients.

The world goes on while it is looked at (liveness and ticks never end), so the run is cut where the
log stands: at the last event that was decided, which must not lie before the last event that there
was when collecting began.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import AsyncMongoClient

from deploy.local.simulated.provider_log import read_log
from libs.common import clock
from libs.common.contracts.topics import (
    CUSTOMER_EVENTS,
    ROUTING_DECISIONS,
    ROUTING_EVENTS,
    dead_letter_topic,
)
from tests.e2e.checker.counting import count
from tests.e2e.checker.material import KnownEndpoint, Material, RawRecord

TIMELINE_COLLECTION = "history_timeline"
DEAD_LETTER_TOPICS = tuple(
    dead_letter_topic(topic) for topic in (ROUTING_EVENTS, ROUTING_DECISIONS, CUSTOMER_EVENTS)
)
DECIDING_TIMEOUT_S = 30.0
_POLL_MS = 500
_FETCH_RECORDS_MAX = 2_000


class TopicReader:
    """Reads topics from their beginnings, and goes on where it stopped when asked again."""

    def __init__(self, bootstrap_servers: str, topics: Sequence[str]) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=16 * 1024 * 1024,
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        self._topics = tuple(topics)
        self.records: dict[str, list[RawRecord]] = {topic: [] for topic in topics}

    async def start(self) -> None:
        """Connect, and begin at the beginning of each partition."""
        await self._consumer.start()
        await self._consumer._client.force_metadata_update()
        places = [
            TopicPartition(topic, partition)
            for topic in self._topics
            for partition in self._consumer.partitions_for_topic(topic) or ()
        ]
        self._consumer.assign(places)
        await self._consumer.seek_to_beginning(*places)

    async def stop(self) -> None:
        """Disconnect; what was read stays."""
        await self._consumer.stop()

    async def read_to_end(self) -> dict[TopicPartition, int]:
        """Read up to the ends as they are now; returns these, by partition."""
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(
            self._consumer.assignment()
        )
        while await self._is_behind(ends):
            found = await self._consumer.getmany(
                timeout_ms=_POLL_MS, max_records=_FETCH_RECORDS_MAX
            )
            for place, records in found.items():
                self.records[place.topic].extend(map(_raw, records))
        return ends

    async def _is_behind(self, ends: Mapping[TopicPartition, int]) -> bool:
        for place, end in ends.items():
            if await self._consumer.position(place) < end:
                return True
        return False


@asynccontextmanager
async def reading(bootstrap_servers: str, *topics: str) -> AsyncIterator[TopicReader]:
    """A reader of these topics inside the block."""
    reader = TopicReader(bootstrap_servers, topics)
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


async def collect(
    *,
    bootstrap_servers: str,
    mongodb_uri: str,
    mongodb_database: str,
    outside_logs: Sequence[Path],
    endpoints: Mapping[str, KnownEndpoint],
    alerted_desks: frozenset[tuple[str, str]],
) -> Material:
    """Everything there is to judge, as it stands now; waits a while for what is not decided yet."""
    others = (CUSTOMER_EVENTS, *DEAD_LETTER_TOPICS)
    async with (
        reading(bootstrap_servers, ROUTING_EVENTS, *others) as events,
        reading(bootstrap_servers, ROUTING_DECISIONS) as decisions,
    ):
        await events.read_to_end()
        last = last_offsets(events.records[ROUTING_EVENTS])
        decided = await _read_until_decided(decisions, last)
        await events.read_to_end()
    cut = {
        partition: max(last.get(partition, -1), decided.get(partition, -1))
        for partition in last.keys() | decided.keys()
    }
    return Material(
        outside=tuple(line for path in outside_logs for line in read_log(path)),
        events=tuple(
            event
            for event in events.records[ROUTING_EVENTS]
            if event.offset <= cut.get(event.partition, -1)
        ),
        decisions=tuple(decisions.records[ROUTING_DECISIONS]),
        customer_events=tuple(events.records[CUSTOMER_EVENTS]),
        dead_letters=tuple(letter for topic in others[1:] for letter in events.records[topic]),
        timeline=await read_timeline(mongodb_uri, mongodb_database),
        endpoints=endpoints,
        alerted_desks=alerted_desks,
    )


async def _read_until_decided(decisions: TopicReader, last: Mapping[int, int]) -> dict[int, int]:
    """Read decisions until all events up to `last` are decided, or the patience ends; returns the
    last decided event offset by partition.
    """
    deadline_s = clock.monotonic_s() + DECIDING_TIMEOUT_S
    while True:
        await decisions.read_to_end()
        counting = count(decisions.records[ROUTING_DECISIONS])
        decided = {
            partition: counted[-1].record.event_offset
            for partition, counted in counting.counted.items()
        }
        is_whole = all(decided.get(partition, -1) >= offset for partition, offset in last.items())
        if is_whole or clock.monotonic_s() > deadline_s:
            return decided


def last_offsets(records: Sequence[RawRecord]) -> dict[int, int]:
    """The offset of each partition's last record."""
    return {record.partition: record.offset for record in records}


async def read_timeline(uri: str, database: str) -> tuple[Mapping[str, Any], ...]:
    """Every entry that history keeps, for all tenants, in no order."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri)
    try:
        return tuple([entry async for entry in client[database][TIMELINE_COLLECTION].find()])
    finally:
        await client.close()


def _raw(record: Any) -> RawRecord:  # noqa: ANN401 - the client's record type is not typed
    return RawRecord(
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        time_ms=record.timestamp,
    )
