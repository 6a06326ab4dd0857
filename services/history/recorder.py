"""Keeps a partition's batches: read, then written together with the position, in one step."""

import asyncio
from typing import Protocol

from libs.common.decision_log import LogPosition
from libs.common.kafka_records import PartitionBatch, Record
from services.history.core.changes import Writes
from services.history.observation import observed
from services.history.readers import Reading, TopicReader
from services.history.store import Move

# Reading is work without a pause: after so many records, some milliseconds, others get their turn
# (requests, another partition's transaction).
RECORDS_AT_A_STRETCH = 100


class WriteStore(Protocol):
    """What the recorder needs of the memory; HistoryStore is the real one."""

    async def position(self, topic: str, partition: int) -> LogPosition | None:
        """The position after the last batch that was kept."""

    async def write(self, move: Move, writes: Writes) -> None:
        """Keep the changes and the new position together, or nothing."""


class Recorder:
    """Reads the batches of one topic and keeps what they change, each record exactly once."""

    def __init__(self, *, store: WriteStore, reader: TopicReader) -> None:
        self._store = store
        self._reader = reader
        self._positions: dict[tuple[str, int], LogPosition | None] = {}

    async def next_offset(self, topic: str, partition: int) -> int | None:
        """Where the partition goes on; None means at its beginning. Asks the store anew.

        Raises UnavailableError when the store does not answer.
        """
        position = await self._store.position(topic, partition)
        self._positions[topic, partition] = position
        return None if position is None else position.offset + 1

    async def handle(self, batch: PartitionBatch) -> None:
        """Keep the batch; records that were kept before are passed over.

        Raises UnprocessableError for a record that can't be read, StalePositionError when another
        owner of the partition was faster, UnavailableError when the store does not answer,
        LogContradictionError when the decision log contradicts itself.
        """
        old = await self._take(batch.topic, batch.partition)
        reading = Reading(position=old or LogPosition())
        fresh = [record for record in batch.records if record.offset > reading.position.offset]
        for number, record in enumerate(fresh, start=1):
            self._reader.read(reading, record)
            if number % RECORDS_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        with observed(fresh, reading):
            await self._keep(batch.topic, batch.partition, old, reading)

    async def skip(self, record: Record) -> None:
        """Pass a record that went to the dead letters. Raises as `handle`."""
        old = await self._take(record.topic, record.partition)
        reading = Reading(position=old or LogPosition())
        if record.offset > reading.position.offset:
            self._reader.skip(reading, record)
        await self._keep(record.topic, record.partition, old, reading)

    async def _take(self, topic: str, partition: int) -> LogPosition | None:
        # Taken out until the write succeeded: after any failure only the store knows.
        if (topic, partition) not in self._positions:
            await self.next_offset(topic, partition)
        return self._positions.pop((topic, partition))

    async def _keep(
        self, topic: str, partition: int, old: LogPosition | None, reading: Reading
    ) -> None:
        new = reading.position
        if old is None or new.offset > old.offset:
            move = Move(topic=topic, partition=partition, old=old, new=new)
            await self._store.write(move, reading.writes)
        self._positions[topic, partition] = new
