"""Collects what there is to judge: all topics, whole, and the stored timeline.

The world goes on while it is looked at (liveness and ticks never end), so the run is cut where the
log stands: at the last event that was decided, which must not lie before the last event that there
was when collecting began.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

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
from tests.e2e.checker.reading import TopicReader, reading

TIMELINE_COLLECTION = "history_timeline"
DEAD_LETTER_TOPICS = tuple(
    dead_letter_topic(topic) for topic in (ROUTING_EVENTS, ROUTING_DECISIONS, CUSTOMER_EVENTS)
)
DECIDING_TIMEOUT_S = 30.0
MONGODB_TIMEOUT_MS = 30_000
Entry = dict[str, Any]


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


@asynccontextmanager
async def stored_timeline(uri: str, database: str) -> AsyncIterator[AsyncCollection[Entry]]:
    """All that history keeps, for all tenants; each question is answered or fails in time."""
    client: AsyncMongoClient[Entry] = AsyncMongoClient(uri, timeoutMS=MONGODB_TIMEOUT_MS)
    try:
        yield client[database][TIMELINE_COLLECTION]
    finally:
        await client.close()


async def read_timeline(uri: str, database: str) -> tuple[Mapping[str, Any], ...]:
    """Every entry of it, in no order."""
    async with stored_timeline(uri, database) as entries:
        return tuple([entry async for entry in entries.find()])
