"""Brings what was spilled on to the router: fairly among desks, each desk's events in order.

Each partition of the spill is drained by the replica to which the group gives it. An offset is
committed once everything below it stands in the events' log, so a crash repeats and loses nothing,
and the committed offset is a true statement whoever made it.
"""

import asyncio
from collections.abc import Iterable

import structlog

from libs.common import clock, dead_letters, metrics
from libs.common.contracts.topics import ROUTING_EVENTS, ROUTING_SPILLED
from libs.common.errors import UnavailableError, UnprocessableError
from libs.common.kafka import Outgoing, Publisher
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import Record
from services.ingest import spill_observation
from services.ingest.core.backlog import Backlog
from services.ingest.core.desk_line import DrainLimits, Turn
from services.ingest.core.spilled import SpilledEvent
from services.ingest.spill_watch import Progress

DRAIN_GROUP = "ingest.spill"
READ_RECORDS_MAX = 500
IDLE_WAIT_S_MAX = 0.2
# Where the rates hold the drain up it sends some events together rather than each by itself.
ROUND_INTERVAL_S = 0.01
REFILL_WAIT_MS = 1_000
OUTAGE_PAUSE_S = 0.5

log = structlog.get_logger(__name__)


class SpillDrain:
    """One replica's part of the draining: `run` does it all, one cycle after the other."""

    def __init__(
        self,
        *,
        spilled: LogConsumer,
        again: LogConsumer,
        progress: Progress,
        publisher: Publisher,
        limits: DrainLimits,
    ) -> None:
        self._spilled = spilled
        self._again = again
        self._progress = progress
        self._publisher = publisher
        self._limits = limits
        self._assigned: set[int] = set()
        self._backlogs: dict[int, Backlog] = {}
        self._committed: dict[int, int] = {}
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Connect and join the group. Raises UnavailableError when Kafka does not answer."""
        await self._again.start()
        await self._spilled.start(on_assigned=self._on_assigned, on_revoked=self._on_revoked)

    async def run(self) -> None:
        """Drain until `stop`; outages are waited out."""
        while not self._stopping.is_set():
            try:
                await self._cycle()
            except UnavailableError as error:
                log.warning("spill.drain_postponed", reason=str(error))
                await self._pause(OUTAGE_PAUSE_S)

    def stop(self) -> None:
        """End `run` after the cycle at hand, which commits what it brought on."""
        self._stopping.set()

    async def close(self) -> None:
        """Leave the group and disconnect, once `run` has ended."""
        await asyncio.gather(self._spilled.stop(), self._again.stop())

    async def _on_assigned(self, partitions: frozenset[int]) -> None:
        self._assigned |= partitions

    async def _on_revoked(self, partitions: frozenset[int]) -> None:
        # A round that is under way lands: it repeats what the next owner sends, and harms nothing.
        self._assigned -= partitions
        for partition in partitions & self._backlogs.keys():
            del self._backlogs[partition]
            spill_observation.hide(partition)

    async def _cycle(self) -> None:
        await self._open_assigned()
        if not self._backlogs:
            await self._pause(IDLE_WAIT_S_MAX)
            return
        await self._read()
        await self._refill()
        await self._send_rounds()
        await self._commit()
        self._tidy()

    async def _open_assigned(self) -> None:
        for partition in sorted(self._assigned - self._backlogs.keys()):
            start = await self._progress.done_to(partition)
            if self._spilled.seek(partition, start):
                self._committed.pop(partition, None)
                self._backlogs[partition] = Backlog(
                    start=start, limits=self._limits, now_s=clock.monotonic_s()
                )

    async def _read(self) -> None:
        """Each partition in turn, so that a long one lets the others be read; wait if none has
        anything.
        """
        found: dict[int, list[Record]] = {}
        for partition in tuple(self._backlogs):
            found |= await self._get([partition], wait_s=0)
        if not found and self._backlogs:
            found = await self._get(tuple(self._backlogs), wait_s=self._wait_s())
        for partition, records in found.items():
            backlog = self._backlogs.get(partition)
            if backlog is not None:
                held = backlog.take_in(map(_event_of, records), clock.monotonic_s())
                spill_observation.tell_held_back(held)

    async def _get(self, partitions: Iterable[int], *, wait_s: float) -> dict[int, list[Record]]:
        return await self._spilled.get_many(
            partitions, timeout_ms=int(wait_s * 1000), max_records=READ_RECORDS_MAX
        )

    def _wait_s(self) -> float:
        now_s = clock.monotonic_s()
        waits = [wait for one in self._backlogs.values() if (wait := one.wait_s(now_s)) is not None]
        return min(
            [IDLE_WAIT_S_MAX, *(max(wait, ROUND_INTERVAL_S) if wait else 0 for wait in waits)]
        )

    async def _refill(self) -> None:
        for partition, backlog in tuple(self._backlogs.items()):
            wanted = backlog.unread()
            if wanted is None:
                continue
            self._again.assign([partition])
            self._again.seek(partition, wanted.offset)
            found = await self._again.get_many(
                [partition], timeout_ms=REFILL_WAIT_MS, max_records=READ_RECORDS_MAX
            )
            backlog.refill(wanted.desk, [_event_of(one) for one in found.get(partition, ())])

    async def _send_rounds(self) -> None:
        # Not a task group: one partition's failure must not cancel another one's round.
        outcomes = await asyncio.gather(
            *(self._send_round(*one) for one in tuple(self._backlogs.items())),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def _send_round(self, partition: int, backlog: Backlog) -> None:
        turns = backlog.next_round(clock.monotonic_s())
        events = [event for turn in turns for event in turn.events]
        if not events:
            return
        try:
            await self._publisher.publish_all(ROUTING_EVENTS, [_onward(event) for event in events])
        except UnprocessableError:
            await self._send_singly(partition, turns)
        backlog.gone_on(turns, clock.monotonic_s())
        metrics.DRAINED.labels(partition).inc(len(events))

    async def _send_singly(self, partition: int, turns: Iterable[Turn]) -> None:
        """One of them is refused for good: it goes to the dead letters, the others go on."""
        for event in (event for turn in turns for event in turn.events):
            try:
                await self._publisher.publish_all(ROUTING_EVENTS, [_onward(event)])
            except UnprocessableError as error:
                record = _record_of(event, partition)
                log.exception("record.dead_lettered", place=record.place)
                metrics.DEAD_LETTERS.labels(topic=ROUTING_SPILLED).inc()
                await dead_letters.send(
                    self._publisher,
                    record,
                    reason=dead_letters.reason_of(error),
                    attempts=2,
                    consumer=DRAIN_GROUP,
                )

    async def _commit(self) -> None:
        news = {
            partition: backlog.done_to
            for partition, backlog in self._backlogs.items()
            if self._committed.get(partition) != backlog.done_to
        }
        if news and await self._spilled.commit(news):
            self._committed |= news

    def _tidy(self) -> None:
        now_s = clock.monotonic_s()
        for partition, backlog in self._backlogs.items():
            spill_observation.tell_released(backlog.forget_quiet(now_s))
            spill_observation.show(partition, backlog)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


def _event_of(record: Record) -> SpilledEvent:
    return SpilledEvent(
        offset=record.offset,
        desk=record.key or b"",
        value=record.value or b"",
        headers=record.headers,
        spilled_at_ms=record.timestamp_ms,
    )


def _record_of(event: SpilledEvent, partition: int) -> Record:
    return Record(
        topic=ROUTING_SPILLED,
        partition=partition,
        offset=event.offset,
        key=event.desk,
        value=event.value,
        headers=event.headers,
        timestamp_ms=event.spilled_at_ms,
    )


def _onward(event: SpilledEvent) -> Outgoing:
    return event.desk or None, event.value, event.headers_onward
