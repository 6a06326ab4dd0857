"""Writes a decision log by hand, as a router would: epochs, and records that count in order."""

from dataclasses import replace

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    LogRecord,
    encode_record,
    headers_of,
)
from libs.common.contracts.topics import routing_key
from libs.common.kafka import Publisher
from libs.common.kafka_records import partition_of
from tests.unit.services.notifier import builders as b


class LogWriter:
    """One owner of the partition of `builders`' desk."""

    def __init__(self, publisher: Publisher, topic: str, *, partitions: int) -> None:
        self._publisher = publisher
        self._topic = topic
        self.partition = partition_of(routing_key(b.TENANT, b.DESK), partitions)
        self.epoch = -1
        self._number = 0
        self._event_offset = -1

    async def begin(self) -> int:
        """Start an epoch; returns its offset."""
        started = EpochStarted(nonce="n", owner="o", engine_version="1", prior_epoch=self.epoch)
        self.epoch = await self.write(started)
        self._number = 0
        return self.epoch

    async def decide(
        self, *decisions: AnyDecision, event_id: str = "", traceparent: str | None = None
    ) -> int:
        """Publish a record that counts; returns its offset."""
        self._number += 1
        self._event_offset += 1
        record = b.record(
            *decisions,
            event_id=event_id or f"event-{self._event_offset}",
            epoch=self.epoch,
            number=self._number,
            event_offset=self._event_offset,
            traceparent=traceparent,
        )
        return await self.write(record)

    async def decide_as_frozen_owner(self, *decisions: AnyDecision, epoch: int) -> int:
        """Publish what an owner of an older epoch would: void."""
        stale = b.record(*decisions, event_id="stale", event_offset=self._event_offset + 1)
        return await self.write(replace(stale, epoch=epoch, number=1))

    def step_over(self) -> None:
        """A record that counts was written by hand: go on behind it."""
        self._number += 1
        self._event_offset += 1

    async def write(self, record: LogRecord, *, value: bytes | None = None) -> int:
        """Publish any record, with the bytes given or its own; returns its offset."""
        key = routing_key(b.TENANT, b.DESK) if isinstance(record, DecisionRecord) else None
        place = await self._publisher.publish(
            self._topic,
            key=key,
            value=encode_record(record) if value is None else value,
            headers=headers_of(record),
            partition=self.partition,
        )
        return place.offset
