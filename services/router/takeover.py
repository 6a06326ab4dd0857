"""Carries out one takeover of one partition: facts in, effects done, in their order.

The machine (`core/ownership.py`) decides everything; here are only the broker, the store and the
clock. Effects are done one after the other by one task, records by another in the order of their
numbers; what takes longer (a save, a dead letter, a tick) runs beside it and comes back as a fact.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from libs.common import clock
from libs.common.contracts.events import ClockTicked
from libs.common.contracts.records import read_headers
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS
from libs.common.contracts.wire import encode_event
from libs.common.errors import ServiceError, UnavailableError
from libs.common.identifiers import fresh_nonce
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer, LogProducer
from libs.common.metrics import ROUTER_VOID
from services.router import observation
from services.router.collector import PlannedCollector
from services.router.core import ownership_effects as effects
from services.router.core.ownership import EPOCH_NUMBER, Takeover
from services.router.dead_letters import DeadLetterSender
from services.router.publishing import RecordPublisher
from services.router.reading import range_of, read_next
from services.router.restoring import Restored
from services.router.saves import SaveStore

TIMER_S = 0.05
CONFIRM_AGAIN_S = 0.2
RECORDS_PER_READ_MAX = 500
# Own records are read back that seldom while few are under way.
READ_BACK_EVERY_S = 0.02
READ_BACK_DEPTH = 64
SOURCE = "switchboard/router"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all takeovers of a process share: the group's consumer, the stores, the ways out."""

    bootstrap_servers: str
    events: LogConsumer
    publisher: Publisher
    saves: SaveStore
    dead_letters: DeadLetterSender
    collector: PlannedCollector


class TakeoverRunner:
    """Runs one machine to its end. Used once."""

    def __init__(self, partition: int, machine: Takeover, surroundings: Surroundings) -> None:
        self._partition = partition
        self._machine = machine
        self._around = surroundings
        client_id = f"router-{partition}"
        servers = surroundings.bootstrap_servers
        self._producer = LogProducer(servers, client_id=client_id)
        self._tail = LogConsumer(servers, ROUTING_DECISIONS, client_id=f"{client_id}-tail")
        self._publisher = RecordPublisher(self._producer, partition, on_published=self._published)
        self._pending: deque[effects.Effect] = deque()
        self._is_pending = asyncio.Event()
        self._has_room = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._end: effects.End | None = None
        self._crash: BaseException | None = None

    @property
    def is_deciding(self) -> bool:
        """Whether the own epoch has begun and not ended."""
        return self._machine.tenure is not None

    async def run(self, *, prior_epoch: int) -> effects.End:
        """Run until the takeover ends; returns why. Raises what no machine can know: our bugs."""
        try:
            await self._producer.start()
            await self._tail.start()
        except UnavailableError as error:
            await self._close()
            return effects.End(reason=effects.EndReason.UNAVAILABLE, cause=error)
        now_ms = _monotonic_ms()
        nonce = fresh_nonce()
        self._take(self._machine.begin(nonce=nonce, prior_epoch=prior_epoch, now_ms=now_ms))
        self._spawn(self._publish())
        self._spawn(self._keep_time())
        try:
            while self._end is None:
                await self._is_pending.wait()
                self._is_pending.clear()
                while self._pending and self._end is None:
                    await self._carry_out(self._pending.popleft())
        finally:
            await self._close()
        if self._crash is not None:
            raise self._crash
        return self._end

    def stop(self, reason: effects.EndReason) -> None:
        """End in order and soon: read back, save, leave."""
        self._take(self._machine.stop(reason))

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self._producer.close_now(), self._tail.stop())

    def _take(self, told: list[effects.Effect]) -> None:
        for effect in told:
            if isinstance(effect, effects.PublishRecord):
                self._publisher.add(effect)
            else:
                self._pending.append(effect)
                self._is_pending.set()
        if self._machine.room:
            self._has_room.set()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and self._end is None:
            self._crash = error
            self._take([effects.End(reason=effects.EndReason.UNAVAILABLE, cause=error)])

    async def _carry_out(self, effect: effects.Effect) -> None:
        match effect:
            case effects.SeekEvents():
                await self._seek_events(effect.offset)
            case effects.ReadLogFrom():
                self._tail.assign([self._partition])
                self._tail.seek(self._partition, effect.offset)
                self._spawn(self._read_log())
            case effects.ReportVoid():
                ROUTER_VOID.inc()
            case effects.End():
                self._end = effect
            case _:
                self._spawn(self._do(effect))

    async def _do(self, effect: effects.Effect) -> None:
        """What takes its time, beside the pipeline."""
        match effect:
            case effects.ConfirmMembership():
                await self._confirm_membership()
            case effects.LoadSave():
                await self._load_save()
            case effects.DescribeLog():
                await self._describe_log()
            case effects.WriteSave():
                await self._write_save(effect.save)
            case effects.SendDeadLetter():
                await self._send_dead_letter(effect)
            case effects.PublishTick():
                await self._publish_tick(effect)
            case effects.CommitEvents():
                await self._around.events.commit({self._partition: effect.offset})
            case _:
                raise AssertionError(effect)

    async def _publish(self) -> None:
        try:
            await self._publisher.run()
        except ServiceError:
            self._take(self._machine.publish_failed())

    def _published(self, published: list[effects.PublishRecord]) -> None:
        last = published[-1]
        if last.number == EPOCH_NUMBER:
            self._take(self._machine.epoch_publish_acked())
        else:
            observation.published(self._partition, published)
            self._take(self._machine.publish_acked(last.number))

    async def _confirm_membership(self) -> None:
        events = self._around.events
        while True:
            if self._partition in events.assignment() and await events.confirm_assignment():
                self._take(self._machine.heartbeat_confirmed())
                return
            await asyncio.sleep(CONFIRM_AGAIN_S)

    async def _load_save(self) -> None:
        try:
            with self._around.collector.loading():
                save = await self._around.saves.load(self._partition, Restored)
                self._take(self._machine.save_loaded(save))
        except UnavailableError:
            self._take(self._machine.unavailable())

    async def _describe_log(self) -> None:
        try:
            start, end = await range_of(self._tail, self._partition)
        except UnavailableError:
            self._take(self._machine.unavailable())
        else:
            self._take(self._machine.log_described(start=start, end=end))

    async def _seek_events(self, offset: int) -> None:
        events = self._around.events
        if not events.seek(self._partition, offset):
            self._take(self._machine.stop(effects.EndReason.REVOKED))
            return
        try:
            start, end = await range_of(events, self._partition)
        except UnavailableError:
            self._take(self._machine.unavailable())
            return
        self._take(self._machine.events_described(start=start, end=end))
        events.resume(self._partition)
        if tenure := self._machine.tenure:
            self._around.collector.loaded()
            observation.epoch_started(self._partition, epoch=tenure.epoch)
            self._spawn(self._read_events())

    async def _read_log(self) -> None:
        while True:
            found = await read_next(self._tail, self._partition, RECORDS_PER_READ_MAX)
            for record in found:
                header = read_headers(record.headers)
                self._take(self._machine.log_read(record.offset, header, record.value))
            # A long fold must not keep the heartbeats waiting.
            await asyncio.sleep(READ_BACK_EVERY_S if self._is_read_back_patient else 0)

    @property
    def _is_read_back_patient(self) -> bool:
        """Whether nobody waits for the own records: a fetch for each takes longer than deciding."""
        tenure = self._machine.tenure
        return tenure is not None and tenure.ending is None and tenure.depth <= READ_BACK_DEPTH

    async def _read_events(self) -> None:
        while True:
            if not self._machine.room:
                self._has_room.clear()
                await self._has_room.wait()
            records_max = min(self._machine.room, RECORDS_PER_READ_MAX)
            for record in await read_next(self._around.events, self._partition, records_max):
                told = self._machine.event_read(record.offset, record.timestamp_ms, record.value)
                self._take(told)
            await asyncio.sleep(0)

    async def _write_save(self, save: effects.Save) -> None:
        try:
            stored = await self._around.saves.write(self._partition, save)
        except UnavailableError:
            self._take(self._machine.save_failed())
            return
        if stored == save.position.offset:
            observation.saved(self._partition)
            self._take(self._machine.save_written(stored))
        else:
            self._take(self._machine.save_refused(stored))

    async def _send_dead_letter(self, letter: effects.SendDeadLetter) -> None:
        offset = letter.event_offset
        try:
            await self._around.dead_letters.send(self._partition, offset, letter.reason)
        except ServiceError:
            self._take(self._machine.dead_letter_failed(offset))
        else:
            self._take(self._machine.dead_letter_acked(offset))

    async def _publish_tick(self, tick: effects.PublishTick) -> None:
        value = encode_event(
            ClockTicked(owner=tick.owner),
            event_id=tick.event_id,
            source=SOURCE,
            time=clock.now(),
        )
        try:
            await self._around.publisher.publish(
                ROUTING_EVENTS, key=None, value=value, partition=self._partition
            )
        except ServiceError:
            self._take(self._machine.tick_failed())

    async def _keep_time(self) -> None:
        while True:
            self._take(self._machine.timer(wall_ms=clock.now_ms(), now_ms=_monotonic_ms()))
            await asyncio.sleep(TIMER_S)


def _monotonic_ms() -> int:
    return int(clock.monotonic_s() * 1000)
