"""What happens to a batch whose handler fails: try again, narrow down, dead-letter, go on.

A failure is either an outage (nobody's fault: wait and repeat, for two minutes at most) or the
fault of a record. The record at fault is found in three tries: the whole batch, then parts of it,
then each record of the part that failed. Every record is tried three times at most.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import structlog

from libs.common import clock, metrics
from libs.common.decision_log import LogContradictionError
from libs.common.errors import InvalidInputError, UnavailableError, UnprocessableError
from libs.common.kafka_records import (
    BatchHandler,
    PartitionBatch,
    Record,
    SkipHandler,
    StalePositionError,
)
from libs.common.mongo import is_transient

log = structlog.get_logger(__name__)

TRIES_MAX = 3
PART_RECORDS = 25

DeadLetterSender = Callable[[Record, Exception, int], Awaitable[object]]
Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T")


class BatchFailedError(Exception):
    """The reader can't go on and must not skip: the process stops and its supervisor decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingLimits:
    """How long one call may take, how long an outage is waited out, and the pauses between."""

    handle_timeout_s: float = 30.0
    outage_s_max: float = 120.0
    outage_pause_s: float = 0.2
    outage_pause_s_max: float = 5.0
    retry_pause_s: float = 0.2


class BatchProcessor:
    """Brings each record either through `handle` or to the dead letters, in order.

    After a dead letter `skip` stores the reader's position past that record, without effects.
    """

    def __init__(
        self,
        *,
        handle: BatchHandler,
        dead_letter: DeadLetterSender,
        skip: SkipHandler | None = None,
        limits: ProcessingLimits | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._handle = handle
        self._dead_letter = dead_letter
        self._skip = skip
        self._limits = limits or ProcessingLimits()
        self._sleep = sleep

    async def process(self, batch: PartitionBatch) -> None:
        """Returns when every record is done.

        Raises StalePositionError as the handler does; BatchFailedError when an outage outlasts
        its limit or the decision log contradicts itself.
        """
        await self._attempt(batch, number=1)

    async def _attempt(self, batch: PartitionBatch, *, number: int) -> None:
        fault = await self._outcome(batch)
        if fault is None:
            return
        metrics.CONSUMER_RETRIES.labels(topic=batch.topic).inc()
        if len(batch.records) == 1:
            await self._retry_or_give_up(batch, fault, number=number)
            return
        size = PART_RECORDS if number == 1 and len(batch.records) > PART_RECORDS else 1
        for part in _parts(batch, size):
            await self._attempt(part, number=number + 1)

    async def _retry_or_give_up(
        self, batch: PartitionBatch, fault: Exception, *, number: int
    ) -> None:
        (record,) = batch.records
        is_final = isinstance(fault, InvalidInputError | UnprocessableError)
        if number < TRIES_MAX and not is_final:
            await self._sleep(self._limits.retry_pause_s * number)
            await self._attempt(batch, number=number + 1)
            return
        await self._bury(record, fault, number)

    async def _bury(self, record: Record, fault: Exception, tries: int) -> None:
        log.error(
            "record.dead_lettered",
            place=record.place,
            error_type=type(fault).__name__,
            attempts=tries,
            exc_info=fault,
        )
        metrics.DEAD_LETTERS.labels(topic=record.topic).inc()
        await self.surely(lambda: self._dead_letter(record, fault, tries))
        if self._skip is not None:
            skip = self._skip
            await self.surely(lambda: skip(record))

    async def _outcome(self, batch: PartitionBatch) -> Exception | None:
        """None when the batch is done, or the error that one of its records is to blame for."""
        _, fault = await self._through_outages(lambda: self._handle(batch))
        if isinstance(fault, StalePositionError):
            raise fault
        if isinstance(fault, LogContradictionError):
            raise BatchFailedError(f"{batch.topic}/{batch.partition}: {fault}") from fault
        return fault

    async def surely(self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of work that no record is to blame for, repeated through an outage.

        Raises BatchFailedError when the outage outlasts its limit, or the work fails otherwise.
        """
        result, fault = await self._through_outages(work)
        if isinstance(fault, BatchFailedError):
            raise fault
        if fault is not None:
            raise BatchFailedError(f"reading can't go on: {type(fault).__name__}") from fault
        return cast("T", result)

    async def _through_outages(
        self, work: Callable[[], Awaitable[T]]
    ) -> tuple[T | None, Exception | None]:
        """Repeat the work while it meets an outage; its result, or its own error."""
        began_s = clock.monotonic_s()
        pause_s = self._limits.outage_pause_s
        while True:
            try:
                async with asyncio.timeout(self._limits.handle_timeout_s):
                    return await work(), None
            except Exception as error:  # noqa: BLE001 - the one place: a bug must not end reading
                if not _is_outage(error):
                    return None, error
                await self._wait_out(error, began_s=began_s, pause_s=pause_s)
                pause_s = min(pause_s * 2, self._limits.outage_pause_s_max)

    async def _wait_out(self, error: Exception, *, began_s: float, pause_s: float) -> None:
        metrics.CONSUMER_OUTAGES.labels(error_type=type(error).__name__).inc()
        waited_s = clock.monotonic_s() - began_s
        if waited_s + pause_s > self._limits.outage_s_max:
            raise BatchFailedError(
                f"an outage outlasted {self._limits.outage_s_max:g} s: {type(error).__name__}"
            ) from error
        log.warning("consumer.waiting", error_type=type(error).__name__, waited_s=waited_s)
        await self._sleep(pause_s)


def _is_outage(error: Exception) -> bool:
    return isinstance(error, UnavailableError | TimeoutError | ConnectionError) or is_transient(
        error
    )


def _parts(batch: PartitionBatch, size: int) -> Iterator[PartitionBatch]:
    records: Sequence[Record] = batch.records
    for start in range(0, len(records), size):
        yield PartitionBatch(
            topic=batch.topic,
            partition=batch.partition,
            records=tuple(records[start : start + size]),
        )
