"""Reading topics in batches through FastStream: each partition in order, nothing lost, and the
reader's own stored position above the group's.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.exceptions import NackMessage
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from libs.common import clock, dead_letters, metrics
from libs.common.errors import UnavailableError
from libs.common.health import Health
from libs.common.kafka import Publisher
from libs.common.kafka_batches import BatchFailedError, BatchProcessor, ProcessingLimits
from libs.common.kafka_consumer import (
    FETCH_SETTINGS,
    GROUP_SETTINGS,
    REQUEST_TIMEOUT_MS,
    record_of,
)
from libs.common.kafka_positions import Positions
from libs.common.kafka_records import (
    BatchHandler,
    PartitionBatch,
    PositionReader,
    Record,
    SkipHandler,
    StalePositionError,
)

BATCH_RECORDS_MAX = 500
BATCH_TIMEOUT_MS = 10
# The first record after a pause is handled at once; what follows it is gathered for so long. A
# batch costs a fetch, a transaction and a commit, however small it is.
BATCH_INTERVAL_S = 0.05
GRACEFUL_TIMEOUT_S = 10.0
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
REVOKE_TIMEOUT_S = 20.0
POSITION_TIMEOUT_S = 5.0
COMMIT_TIMEOUT_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a group reads. `group_instance_id` (the replica's id) keeps its partitions over a
    restart; `describes` is the type of a record's value in the AsyncAPI document.
    """

    topics: Sequence[str]
    group_id: str
    group_instance_id: str | None = None
    describes: Any = bytes
    batch_records_max: int = BATCH_RECORDS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What is done with the records: `handle` gets those of one partition in order.

    With `position_of`, the reader's own stored position (the next offset it wants, None for the
    beginning) decides where a partition goes on, and records below it are not handed out again;
    the group's offset is then for display only. `skip` stores the position past a record that
    went to the dead letters, without effects.
    """

    handle: BatchHandler
    skip: SkipHandler | None = None
    position_of: PositionReader | None = None


class BatchConsumer:
    """One member of a group. Delivery is at least once: the reader must be idempotent.

    What a record is to blame for goes to the dead letters; an outage is waited out; what outlasts
    the limits is reported to `health`, which ends the process.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        subscription: Subscription,
        reader: Reader,
        publisher: Publisher,
        health: Health,
        limits: ProcessingLimits | None = None,
    ) -> None:
        self._health = health
        self._batch_records_max = subscription.batch_records_max
        self._positions = Positions(reader.position_of)
        self._busy = asyncio.Lock()
        self._has_failed = False

        async def dead_letter(record: Record, error: Exception, tries: int) -> None:
            reason = dead_letters.reason_of(error)
            await dead_letters.send(
                publisher, record, reason=reason, attempts=tries, consumer=subscription.group_id
            )

        self._processor = BatchProcessor(
            handle=reader.handle, dead_letter=dead_letter, skip=reader.skip, limits=limits
        )
        self.broker = new_broker(
            bootstrap_servers, client_id=f"switchboard-{subscription.group_id}"
        )
        self._subscriber = self.broker.subscriber(
            *subscription.topics,
            batch=True,
            group_id=subscription.group_id,
            group_instance_id=subscription.group_instance_id,
            max_records=subscription.batch_records_max,
            batch_timeout_ms=BATCH_TIMEOUT_MS,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            no_reply=True,
            listener=_Rebalance(self),
            title=subscription.group_id,
            **FETCH_SETTINGS,
            **GROUP_SETTINGS,
        )
        self._subscriber(
            _described(self._consume, subscription.describes), parser=self._parse, decoder=_as_is
        )

    async def start(self) -> None:
        """Connect and begin to join. Raises UnavailableError when no broker answers in 30 s."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await self.broker.start()
        except (TimeoutError, KafkaError) as error:
            raise UnavailableError(f"Kafka does not answer: {type(error).__name__}") from error

    async def stop(self) -> None:
        """Stop fetching, finish and commit the batch at hand, leave: within 15 s."""
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self.broker.stop()
        except (TimeoutError, KafkaError) as error:
            log.warning("consumer.stop_cut_short", error_type=type(error).__name__)

    async def check(self) -> None:
        """For readiness: raises UnavailableError while this member has no place in its group.

        A member to whom the group gave no partition is ready.
        """
        # aiokafka tells the generation nowhere else.
        if self._consumer._coordinator.generation < 0:  # noqa: SLF001
            raise UnavailableError("not a member of the group yet")

    async def drained(self) -> None:
        """Wait for the batch at hand, then forget all positions: partitions are about to move."""
        try:
            async with asyncio.timeout(REVOKE_TIMEOUT_S), self._busy:
                self._positions.forget()
        except TimeoutError:
            log.error("consumer.revoke_not_drained", timeout_s=REVOKE_TIMEOUT_S)  # noqa: TRY400

    async def aligned(self, places: Iterable[TopicPartition]) -> None:
        """Go to the stored positions at once, so that a reader that is behind its group catches
        up without waiting for a new record.
        """
        self._positions.forget()
        try:
            async with asyncio.timeout(POSITION_TIMEOUT_S):
                for place in places:
                    await self._positions.align(self._consumer, place)
        except BatchFailedError as error:
            self._fail(error)
        except (TimeoutError, UnavailableError) as error:
            # The first batch of each partition finds its position by itself.
            log.warning("consumer.not_aligned", error_type=type(error).__name__)

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        consumer = self._subscriber.consumer
        if consumer is None:
            raise UnavailableError("not subscribed")
        return consumer

    async def _parse(self, raw: tuple[Any, ...], _own: object = None) -> KafkaAckableMessage:
        # FastStream's own parser fails on a header that is null or not UTF-8, and then loses the
        # whole batch; this one reads no header.
        place = f"{raw[0].topic}/{raw[0].partition}/{raw[0].offset}"
        return KafkaAckableMessage(
            raw, b"", correlation_id=place, message_id=place, consumer=self._consumer
        )

    async def _consume(self, message: KafkaAckableMessage) -> None:
        """One fetch: committed when done; when the reader can't go on, read again by the next."""
        began_s = clock.monotonic_s()
        await self._consume_all(message)
        if len(message.raw_message) < self._batch_records_max:
            await asyncio.sleep(began_s + BATCH_INTERVAL_S - clock.monotonic_s())

    async def _consume_all(self, message: KafkaAckableMessage) -> None:
        async with self._busy:
            try:
                if not self._has_failed:
                    for place, batch in _by_partition(message.raw_message):
                        await self._consume_partition(place, batch)
                    await self._commit(message)
                    return
            except BatchFailedError as error:
                self._fail(error)
            # Nothing more is fetched until the process has left.
            self._consumer.pause(*self._consumer.assignment())
            raise NackMessage

    def _fail(self, error: BatchFailedError) -> None:
        self._has_failed = True
        self._health.fail(str(error))

    async def _consume_partition(self, place: TopicPartition, batch: PartitionBatch) -> None:
        if place not in self._consumer.assignment():  # moved since it was fetched
            return
        consumer, surely = self._consumer, self._processor.surely
        wanted = await surely(lambda: self._positions.rest_of(consumer, place, batch))
        if wanted is None:
            return
        try:
            await self._processor.process(wanted)
        except StalePositionError:
            await surely(lambda: self._positions.renew(consumer, place))
            return
        self._positions.done(place, wanted.next_offset)
        metrics.CONSUMED.labels(topic=batch.topic).inc(len(wanted.records))
        age_ms = clock.now_ms() - wanted.records[-1].timestamp_ms
        metrics.CONSUMED_AGE.labels(topic=batch.topic).set(age_ms / 1000)

    async def _commit(self, message: KafkaAckableMessage) -> None:
        try:
            # The client itself asks for its coordinator for ever. What was not committed is with
            # the next batch, or read again; the effects are idempotent.
            async with asyncio.timeout(COMMIT_TIMEOUT_S):
                await message.ack()
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            # The partitions moved meanwhile: whoever has them now reads this batch again.
            log.warning("consumer.commit_refused", error_type=type(error).__name__)


def new_broker(bootstrap_servers: str, *, client_id: str) -> KafkaBroker:
    """A FastStream broker for consuming; it creates no topics and logs only trouble."""
    return KafkaBroker(
        bootstrap_servers,
        client_id=client_id,
        logger=logging.getLogger("consumers"),
        log_level=logging.DEBUG,
        apply_types=False,
        allow_auto_create_topics=False,
        consumer_only=True,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        graceful_timeout=GRACEFUL_TIMEOUT_S,
    )


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, owner: BatchConsumer) -> None:
        self._owner = owner

    async def on_partitions_revoked(self, _revoked: Iterable[TopicPartition]) -> None:
        await self._owner.drained()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        await self._owner.aligned(assigned)


async def _as_is(message: KafkaAckableMessage) -> KafkaAckableMessage:
    return message


def _described(consume: Any, describes: Any) -> Any:  # noqa: ANN401 - FastStream's own types
    """The handler under an annotation from which FastStream writes the AsyncAPI document."""

    async def handle(message: Any) -> None:  # noqa: ANN401
        await consume(message)

    handle.__annotations__["message"] = list[describes]
    return handle


def _by_partition(raw: Iterable[Any]) -> list[tuple[TopicPartition, PartitionBatch]]:
    found: dict[TopicPartition, list[Record]] = {}
    for record in map(record_of, raw):
        found.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
    return [
        (place, PartitionBatch(topic=place.topic, partition=place.partition, records=tuple(rows)))
        for place, rows in found.items()
    ]
