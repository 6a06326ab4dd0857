"""Where a reader goes on in each partition, for readers that store that with their effects."""

from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError

from libs.common.kafka_batches import BatchFailedError
from libs.common.kafka_consumer import CONSUMER_TIMEOUT_S, translated
from libs.common.kafka_records import PartitionBatch, PositionReader

# Two readers that both believe to own a partition take turns at most this often.
STALE_IN_A_ROW_MAX = 5

log = structlog.get_logger(__name__)


class Positions:
    """Keeps what was asked of `position_of`, until the partitions move.

    Without `position_of` the group's offsets alone decide, and every batch is taken as it comes.
    """

    def __init__(self, position_of: PositionReader | None) -> None:
        self._position_of = position_of
        self._next: dict[TopicPartition, int] = {}
        self._stale: dict[TopicPartition, int] = {}

    def forget(self) -> None:
        """The partitions move: ask anew."""
        self._next.clear()
        self._stale.clear()

    def done(self, place: TopicPartition, next_offset: int) -> None:
        """Everything before this offset is done."""
        self._stale.pop(place, None)
        if self._position_of is not None:
            self._next[place] = next_offset

    async def align(self, consumer: AIOKafkaConsumer, place: TopicPartition) -> None:
        """Go to the stored position. Raises as `rest_of`."""
        if self._position_of is not None:
            self._next[place] = await self._stored(self._position_of, consumer, place)
            _seek(consumer, place, self._next[place])

    async def rest_of(
        self, consumer: AIOKafkaConsumer, place: TopicPartition, batch: PartitionBatch
    ) -> PartitionBatch | None:
        """The part of the batch that is not done yet; None when there is none, or when reading
        had to go back first.

        Raises BatchFailedError when the log ends before the stored position, UnavailableError
        while Kafka does not answer, and what `position_of` raises.
        """
        if self._position_of is None:
            return batch
        if place not in self._next:
            self._next[place] = await self._stored(self._position_of, consumer, place)
        wanted = self._next[place]
        if batch.records[0].offset > wanted:
            _seek(consumer, place, wanted)
            return None
        rest = tuple(record for record in batch.records if record.offset >= wanted)
        if not rest:
            return None
        return PartitionBatch(topic=batch.topic, partition=batch.partition, records=rest)

    async def renew(self, consumer: AIOKafkaConsumer, place: TopicPartition) -> None:
        """Another reader was faster: go on from where that one got to. Raises as `rest_of`, and
        BatchFailedError when this happens too often in a row.
        """
        self._stale[place] = self._stale.get(place, 0) + 1
        if self._stale[place] > STALE_IN_A_ROW_MAX:
            raise BatchFailedError(f"{place.topic}/{place.partition}: two readers at once")
        log.warning("consumer.position_stale", topic=place.topic, partition=place.partition)
        await self.align(consumer, place)

    async def _stored(
        self, position_of: PositionReader, consumer: AIOKafkaConsumer, place: TopicPartition
    ) -> int:
        stored = await position_of(place.topic, place.partition)
        async with translated(CONSUMER_TIMEOUT_S):
            begins: int = (await consumer.beginning_offsets([place]))[place]
            ends: int = (await consumer.end_offsets([place]))[place]
        if stored is None:
            return begins
        if stored > ends:
            raise BatchFailedError(
                f"{place.topic}/{place.partition} ends at {ends}, the stored position is {stored}"
            )
        if stored < begins:
            log.error("consumer.records_expired", topic=place.topic, wanted=stored, first=begins)
        return max(stored, begins)


def _seek(consumer: AIOKafkaConsumer, place: TopicPartition, offset: int) -> None:
    # A partition that moved away meanwhile has its next owner.
    with suppress(IllegalStateError):
        consumer.seek(place, offset)
