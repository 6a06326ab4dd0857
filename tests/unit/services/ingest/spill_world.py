"""A Kafka in memory with the spill, the events and the drain's group, seen by several replicas.

Every call takes a while, drawn from a seed, and may be the last one of the process that made it:
before its effect or after it.
"""

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from libs.common.contracts.topics import ROUTING_EVENTS, ROUTING_SPILLED
from libs.common.errors import ServiceError
from libs.common.kafka import Outgoing, Publisher
from libs.common.kafka_log import LogConsumer, PartitionsCallback
from libs.common.kafka_records import Record, RecordPlace, SendHeaders, partition_of
from services.ingest.core.desk_line import DrainLimits
from services.ingest.spill_drain import SpillDrain

PARTITIONS = 6
YIELDS_MAX = 4
LIMITS = DrainLimits(
    desk_rate_per_s=1e6, partition_rate_per_s=1e6, turn_events=3, round_events=8, line_events=5
)


class KilledError(Exception):
    """The process is gone in the middle of what it did."""


@dataclass(slots=True)
class World:
    """The logs, by topic and partition, and what the drain's group has committed."""

    chance: random.Random = field(default_factory=lambda: random.Random(1))
    logs: dict[tuple[str, int], list[Record]] = field(default_factory=dict)
    committed: dict[int, int] = field(default_factory=dict)

    def append(self, topic: str, record: Outgoing) -> RecordPlace:
        """Put a record where its key says."""
        key, value, headers = record
        partition = partition_of(key or b"", PARTITIONS)
        log = self.logs.setdefault((topic, partition), [])
        log.append(
            Record(
                topic=topic,
                partition=partition,
                offset=len(log),
                key=key,
                value=value,
                headers=tuple(headers),
            )
        )
        return RecordPlace(partition=partition, offset=len(log) - 1)

    def spilled(self, partition: int) -> list[Record]:
        """The partition's spill."""
        return self.logs.get((ROUTING_SPILLED, partition), [])

    def arrived(self, key: bytes) -> list[bytes]:
        """What the router finds of this desk: each value at its first arrival."""
        log = self.logs.get((ROUTING_EVENTS, partition_of(key, PARTITIONS)), [])
        return list(dict.fromkeys(record.value or b"" for record in log if record.key == key))


@dataclass(slots=True)
class Replica:
    """One process's view of the world: its publisher, its progress and its consumers in one.

    It dies at its call number `dies_at`. `refusals` are raised by its next publishes.
    """

    world: World
    dies_at: int | None = None
    calls: int = 0
    refusals: list[ServiceError] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)
    has_assignment: bool = True
    stopped: list[str] = field(default_factory=list)

    async def publish(
        self, topic: str, *, key: bytes | None, value: bytes, headers: SendHeaders = ()
    ) -> RecordPlace:
        """As the real publisher."""
        await self._step()
        place = self.world.append(topic, (key, value, headers))
        await self._step()
        return place

    async def publish_all(self, topic: str, records: Sequence[Outgoing]) -> list[RecordPlace]:
        """As the real publisher; a process may die when a part of them has landed."""
        if self.refusals:
            raise self.refusals.pop(0)
        return [
            await self.publish(topic, key=key, value=value, headers=headers)
            for key, value, headers in records
        ]

    async def check(self) -> None:
        """Kafka is there."""

    async def ends(self) -> dict[int, int]:
        """Where the spill ends at some moment of the call."""
        await self._step()
        ends = {partition: len(self.world.spilled(partition)) for partition in range(PARTITIONS)}
        await self._step()
        return ends

    async def done_to(self, partition: int) -> int:
        """What the group committed."""
        await self._step()
        return self.world.committed.get(partition, 0)

    async def start(
        self,
        *,
        on_assigned: PartitionsCallback | None = None,
        on_revoked: PartitionsCallback | None = None,
    ) -> None:
        """Every partition is this replica's."""
        if on_assigned is not None and on_revoked is not None:
            await on_assigned(frozenset(range(PARTITIONS)))

    async def stop(self) -> None:
        """Nothing to disconnect."""
        self.stopped.append("consumer")

    def assign(self, partitions: Iterable[int]) -> None:
        """As a tail."""

    def seek(self, partition: int, offset: int) -> bool:
        """Go on there, unless the partition is not held."""
        self.positions[partition] = offset
        return self.has_assignment

    async def get_many(
        self, partitions: Iterable[int], *, timeout_ms: int, max_records: int
    ) -> dict[int, list[Record]]:
        """Up to seven records of each, from the position on."""
        del timeout_ms, max_records
        await self._step()
        found: dict[int, list[Record]] = {}
        for partition in partitions:
            begin = self.positions[partition]
            records = self.world.spilled(partition)[begin : begin + 7]
            self.positions[partition] = begin + len(records)
            if records:
                found[partition] = records
        return found

    async def commit(self, offsets: Mapping[int, int]) -> bool:
        """Committed, though the process may not live to hear so."""
        await self._step()
        self.world.committed |= offsets
        await self._step()
        return True

    async def _step(self) -> None:
        self.calls += 1
        if self.dies_at is not None and self.calls >= self.dies_at:
            raise KilledError
        for _ in range(self.world.chance.randrange(YIELDS_MAX)):
            await asyncio.sleep(0)


def drain_of(replica: Replica, *, limits: DrainLimits = LIMITS) -> SpillDrain:
    """A drain that sees the world as this replica does."""
    again = Replica(replica.world)
    return SpillDrain(
        spilled=cast("LogConsumer", replica),
        again=cast("LogConsumer", again),
        progress=replica,
        publisher=cast("Publisher", replica),
        limits=limits,
    )
