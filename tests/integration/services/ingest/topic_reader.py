"""Reads what arrived on a topic since a moment."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Self

from libs.common.kafka_records import Record
from libs.common.kafka_tail import end_offsets, tail

PARTITIONS = 6
READ_TIMEOUT_S = 15


@dataclass(frozen=True, kw_only=True)
class TopicReader:
    """A topic from a moment on."""

    kafka: str
    topic: str
    offsets: dict[int, int]

    @classmethod
    async def from_now(cls, kafka: str, topic: str) -> Self:
        """Only what comes after this call."""
        offsets = await end_offsets(kafka, topic, partitions=PARTITIONS)
        return cls(kafka=kafka, topic=topic, offsets=offsets)

    async def read(self, count: int) -> list[Record]:
        """The first `count` records, at least; TimeoutError when fewer come within 15 s."""
        found: list[Record] = []
        async with (
            asyncio.timeout(READ_TIMEOUT_S),
            aclosing(tail(self.kafka, self.topic, offsets=self.offsets)) as batches,
        ):
            async for batch in batches:
                found.extend(batch.records)
                if len(found) >= count:
                    break
        return found

    async def count(self) -> int:
        """How many records came so far."""
        ends = await end_offsets(self.kafka, self.topic, partitions=PARTITIONS)
        return sum(ends.values()) - sum(self.offsets.values())
