"""Reads every decision as it is published and hands it to this replica's streams at once.

No group: each replica reads all partitions, from the stored positions on, and stores nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing

import structlog

from libs.common import clock, metrics
from libs.common.contracts.records import DecisionRecord
from libs.common.decision_log import LogContradictionError, LogPosition
from libs.common.errors import UnavailableError
from libs.common.health import Health
from libs.common.kafka_records import PartitionBatch, Record
from libs.common.kafka_tail import tail
from services.notifier.core.notifications import Notification, notifications_of
from services.notifier.core.reading import read
from services.notifier.core.waiting import WaitingCustomers
from services.notifier.durable_copy import DurableCopy
from services.notifier.hub import Hub

RESTART_WAIT_S = 0.5
RESTART_WAIT_S_MAX = 5.0
log = structlog.get_logger(__name__)

Observe = Callable[[DecisionRecord], None]
Tail = Callable[[Mapping[int, int]], AsyncGenerator[PartitionBatch]]


def kafka_tail(bootstrap_servers: str, topic: str) -> Tail:
    """The tail of the decisions topic on these servers."""

    def follow(offsets: Mapping[int, int]) -> AsyncGenerator[PartitionBatch]:
        return tail(bootstrap_servers, topic, offsets=offsets, client_id="switchboard-live")

    return follow


class LiveReader:
    """Keeps the hub at the end of the log. An outage of Kafka is waited out."""

    def __init__(self, hub: Hub, *, follow: Tail, observe: Observe, health: Health) -> None:
        self._hub = hub
        self._observe = observe
        self._follow = follow
        self._health = health
        self._positions: dict[int, LogPosition] = {}
        self._wanted: dict[int, int] = {}
        self._waiting = WaitingCustomers()

    async def begin(self, copy: DurableCopy, ends: Mapping[int, int]) -> None:
        """Take the stored positions up. Ready when `ends` (next offsets) are reached.

        Raises UnavailableError.
        """
        self._wanted = dict(ends)
        for partition in ends:
            position = (await copy.place(partition)).position
            self._positions[partition] = position
            self._hub.begin(partition, position.offset)

    async def check(self) -> None:
        """For readiness: raises UnavailableError until this replica has caught up once."""
        behind = [p for p, end in self._wanted.items() if self._hub.live_at(p) + 1 < end]
        if behind or not self._positions:
            raise UnavailableError("the live reading has not caught up yet")
        self._wanted.clear()

    async def run(self) -> None:
        """Read until cancelled. When the log contradicts itself, the process is told to leave."""
        wait_s = RESTART_WAIT_S
        while True:
            try:
                offsets = {p: place.offset + 1 for p, place in self._positions.items()}
                async with aclosing(self._follow(offsets)) as batches:
                    async for batch in batches:
                        self._hand_on(batch)
                        wait_s = RESTART_WAIT_S
            except UnavailableError as error:
                log.warning("live.interrupted", error=str(error), wait_s=wait_s)
            except LogContradictionError as error:
                self._health.fail(f"the decision log contradicts itself: {error}")
                return
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, RESTART_WAIT_S_MAX)

    def _hand_on(self, batch: PartitionBatch) -> None:
        metrics.LIVE_AGE.set(max(0, clock.now_ms() - batch.records[-1].timestamp_ms) / 1000)
        for record in batch.records:
            position = self._positions[batch.partition]
            if record.offset > position.offset:
                self._positions[batch.partition] = self._told(position, record)

    def _told(self, position: LogPosition, record: Record) -> LogPosition:
        reading = read(position, offset=record.offset, headers=record.headers, value=record.value)
        if reading.error:
            # The writer of the durable copy puts it aside; here it only must not stop anything.
            log.warning("live.record_unreadable", place=record.place, error=str(reading.error))
        told = tuple(self._what_is_told(reading.record, record.offset)) if reading.record else ()
        self._hub.publish(record.partition, record.offset, told, appended_ms=record.timestamp_ms)
        if reading.record:
            self._observe(reading.record)
        return reading.position

    def _what_is_told(self, record: DecisionRecord, offset: int) -> Iterator[Notification]:
        yield from notifications_of(record, offset)
        yield from self._waiting.follow(record, offset, is_heard=self._hub.is_heard)
