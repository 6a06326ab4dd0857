"""Reads a partition's whole log, judges and folds it, and compares saves with the fold."""

import asyncio
from dataclasses import dataclass, field

from libs.common import clock
from libs.common.contracts.decisions import EventRefused
from libs.common.contracts.records import DecisionRecord, decode_record, read_headers
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS
from libs.common.decision_log import LogPosition, Verdict, judge
from libs.common.kafka_log import LogConsumer
from services.router.core.engine import Engine
from services.router.core.ownership_effects import StoredSave

PARTITION = 0
# Ticks keep coming while anything falls due, so "the end" moves: look often.
LOOK_EVERY_S = 0.1


@dataclass(slots=True)
class FoldedLog:
    """What the log of one partition says, by everyone's rule."""

    partition: int = PARTITION
    position: LogPosition = field(default_factory=LogPosition)
    engine: Engine = field(default_factory=Engine)
    records: dict[int, DecisionRecord] = field(default_factory=dict)
    hash_at: dict[int, str] = field(default_factory=dict)
    verdicts: dict[Verdict, int] = field(default_factory=dict)

    def refused(self, reason: RefusalReason) -> list[int]:
        """The offsets of the events refused for this reason."""
        return [
            record.event_offset
            for record in self.records.values()
            for decision in record.decisions
            if isinstance(decision, EventRefused) and decision.reason is reason
        ]

    def check_save(self, save: StoredSave) -> Engine:
        """The save equals the fold up to its record; returns the engine that it makes."""
        position = save.position
        engine = Engine.restore(save.documents, now_ms=position.now_ms)
        record = self.records[position.offset]
        assert (position.epoch, position.number) == (record.epoch, record.number)
        assert position.event_offset == record.event_offset
        assert engine.canonical_hash() == self.hash_at[position.offset]
        return engine

    def check_rest(self, save: StoredSave) -> None:
        """The save with the rest of the log equals the whole fold."""
        position, engine = save.position, self.check_save(save)
        for offset, later in self.records.items():
            if offset > position.offset:
                engine.fold(later)
        assert engine.canonical_hash() == self.engine.canonical_hash()


async def end_of(bootstrap_servers: str, topic: str, partition: int = PARTITION) -> int:
    """The offset that the next record of the topic's partition will have."""
    reader = LogConsumer(bootstrap_servers, topic)
    await reader.start()
    try:
        return (await reader.end_offsets([partition]))[partition]
    finally:
        await reader.stop()


async def is_all_decided(bootstrap_servers: str, folded: FoldedLog) -> bool:
    """Whether every event that there is has its counted record."""
    await read_on(bootstrap_servers, folded)
    end = await end_of(bootstrap_servers, ROUTING_EVENTS, folded.partition)
    return folded.position.event_offset == end - 1


async def until_decided(
    bootstrap_servers: str, *, at_least: int = 0, within_s: float = 60.0
) -> FoldedLog:
    """Wait until all events have their records, and at least so many events there are."""
    folded = FoldedLog()
    began_s = clock.monotonic_s()
    while not (await is_all_decided(bootstrap_servers, folded) and len(folded.records) >= at_least):
        waited_s = clock.monotonic_s() - began_s
        decided = folded.position.event_offset + 1
        assert waited_s < within_s, f"{decided} events decided in {within_s:g} s, not all"
        await asyncio.sleep(LOOK_EVERY_S)
    return folded


async def until_counted(bootstrap_servers: str, count: int, *, within_s: float = 60.0) -> None:
    """Wait until so many events have their records, whatever else waits."""
    folded = FoldedLog()
    async with asyncio.timeout(within_s):
        while len(folded.records) < count:
            await asyncio.sleep(LOOK_EVERY_S)
            await read_on(bootstrap_servers, folded)


async def read_on(
    bootstrap_servers: str, folded: FoldedLog, *, with_hashes_at: frozenset[int] = frozenset()
) -> None:
    """Judge and fold up to the present end; `judge` raises on any contradiction."""
    partition = folded.partition
    reader = LogConsumer(bootstrap_servers, ROUTING_DECISIONS)
    await reader.start()
    try:
        end = (await reader.end_offsets([partition]))[partition]
        reader.assign([partition])
        reader.seek(partition, folded.position.offset + 1)
        while folded.position.offset + 1 < end:
            for record in (await reader.get_many([partition])).get(partition, []):
                header = read_headers(record.headers)
                folded.position, verdict = judge(folded.position, record.offset, header)
                folded.verdicts[verdict] = folded.verdicts.get(verdict, 0) + 1
                if verdict is Verdict.COUNTS:
                    decoded = decode_record(record.value)
                    assert isinstance(decoded, DecisionRecord)
                    folded.engine.fold(decoded)
                    folded.records[record.offset] = decoded
                    if record.offset in with_hashes_at:
                        folded.hash_at[record.offset] = folded.engine.canonical_hash()
    finally:
        await reader.stop()


async def check_saves(
    bootstrap_servers: str, saves: list[StoredSave], partition: int = PARTITION
) -> FoldedLog:
    """Fold a partition's whole log from its beginning and hold all these saves against it."""
    # Whoever watches the store may add to the list while the log is being read.
    saves = list(saves)
    folded = FoldedLog(partition=partition)
    offsets = frozenset(save.position.offset for save in saves)
    await read_on(bootstrap_servers, folded, with_hashes_at=offsets)
    for save in saves:
        folded.check_save(save)
    # Folding thousands of records again takes seconds: three show what each would.
    for save in saves[:: max(1, len(saves) // 2)]:
        folded.check_rest(save)
    return folded
