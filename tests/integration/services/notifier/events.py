"""Reads what a replica published for the router."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing

from libs.common.contracts.wire import Event, decode_event
from libs.common.kafka_tail import end_offsets, tail
from tests.integration.services.notifier.conftest import PARTITIONS, World

READ_TIMEOUT_S = 15


async def read_events(
    world: World, *, until: Callable[[Sequence[Event]], bool] | None = None
) -> list[Event]:
    """All events so far, or as many as it takes until `until` holds; within 15 s."""
    topic, events = world.names.events, list[Event]()
    ends = await end_offsets(world.kafka, topic, partitions=PARTITIONS)
    is_enough = until or (lambda found: len(found) >= sum(ends.values()))
    if is_enough(events):
        return events
    offsets = dict.fromkeys(range(PARTITIONS), 0)
    async with (
        asyncio.timeout(READ_TIMEOUT_S),
        aclosing(tail(world.kafka, topic, offsets=offsets)) as batches,
    ):
        async for batch in batches:
            events += [decode_event(record.value) for record in batch.records]
            if is_enough(events):
                return events
    raise AssertionError("the tail ended")
