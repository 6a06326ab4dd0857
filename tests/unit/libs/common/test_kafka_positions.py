"""Where a reader goes on."""

from collections.abc import Iterable

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError

from libs.common.kafka_batches import BatchFailedError
from libs.common.kafka_positions import STALE_IN_A_ROW_MAX, Positions
from libs.common.kafka_records import PartitionBatch, Record

PLACE = TopicPartition("t", 0)


class FakeConsumer:
    """A log with a beginning and an end, and a memory of the seeks."""

    def __init__(self, *, begins: int = 0, ends: int = 100) -> None:
        self.seeks: list[int] = []
        self._begins = begins
        self._ends = ends
        self.is_lost = False

    async def beginning_offsets(
        self, places: Iterable[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Where the log begins."""
        return dict.fromkeys(places, self._begins)

    async def end_offsets(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Where it ends."""
        return dict.fromkeys(places, self._ends)

    def seek(self, _place: TopicPartition, offset: int) -> None:
        """Remember, or refuse as the client does for a lost partition."""
        if self.is_lost:
            raise IllegalStateError("not assigned")
        self.seeks.append(offset)


class Stored:
    """A stored position that counts how often it was asked."""

    def __init__(self, offset: int | None) -> None:
        self.offset = offset
        self.asked = 0

    async def __call__(self, _topic: str, _partition: int) -> int | None:
        """The position."""
        self.asked += 1
        return self.offset


def batch(*offsets: int) -> PartitionBatch:
    """Records at these offsets."""
    records = [Record(topic="t", partition=0, offset=o, key=None, value=b"") for o in offsets]
    return PartitionBatch(topic="t", partition=0, records=tuple(records))


async def test_without_stored_positions_all_is_taken() -> None:
    """The group's offsets alone decide."""
    consumer = FakeConsumer()

    assert await Positions(None).rest_of(consumer, PLACE, batch(5, 6)) == batch(5, 6)
    await Positions(None).align(consumer, PLACE)
    assert consumer.seeks == []


async def test_what_is_done_is_not_handed_out_again() -> None:
    """Only the rest of a batch is returned, and nothing of one that is done."""
    positions, consumer = Positions(Stored(7)), FakeConsumer()

    assert await positions.rest_of(consumer, PLACE, batch(5, 6)) is None
    assert await positions.rest_of(consumer, PLACE, batch(6, 7, 8)) == batch(7, 8)
    assert consumer.seeks == []


async def test_reader_that_is_behind_goes_back() -> None:
    """A batch that lies ahead is not taken; reading goes on at the stored position."""
    positions, consumer = Positions(Stored(3)), FakeConsumer()

    assert await positions.rest_of(consumer, PLACE, batch(5, 6)) is None
    assert consumer.seeks == [3]


async def test_no_stored_position_is_the_beginning_of_the_log() -> None:
    """Also of a log whose first records have expired."""
    positions, consumer = Positions(Stored(None)), FakeConsumer(begins=4)

    assert await positions.rest_of(consumer, PLACE, batch(5, 6)) is None
    assert consumer.seeks == [4]


async def test_expired_records_are_passed_over() -> None:
    """What retention has removed can't be waited for."""
    positions, consumer = Positions(Stored(2)), FakeConsumer(begins=5)

    assert await positions.rest_of(consumer, PLACE, batch(5, 6)) == batch(5, 6)


async def test_log_that_ends_before_the_position_is_another_log() -> None:
    """Silence would lose everything until the log has grown past it."""
    positions, consumer = Positions(Stored(101)), FakeConsumer(ends=100)

    with pytest.raises(BatchFailedError, match="ends at 100, the stored position is 101"):
        await positions.align(consumer, PLACE)


async def test_position_is_asked_once_until_partitions_move() -> None:
    """Between rebalances the reader's own memory is enough."""
    stored = Stored(5)
    positions, consumer = Positions(stored), FakeConsumer()
    await positions.rest_of(consumer, PLACE, batch(5))
    positions.done(PLACE, 6)

    assert await positions.rest_of(consumer, PLACE, batch(5, 6)) == batch(6)
    assert stored.asked == 1

    positions.forget()
    await positions.rest_of(consumer, PLACE, batch(6))
    assert stored.asked == 2


async def test_stale_position_is_asked_anew_but_not_for_ever() -> None:
    """Two readers that fight end the process."""
    positions, consumer = Positions(Stored(9)), FakeConsumer()

    for _ in range(STALE_IN_A_ROW_MAX):
        await positions.renew(consumer, PLACE)

    assert consumer.seeks == [9] * STALE_IN_A_ROW_MAX
    with pytest.raises(BatchFailedError, match="two readers"):
        await positions.renew(consumer, PLACE)


async def test_success_ends_the_count_of_stale_positions() -> None:
    """Only a row of them counts."""
    positions, consumer = Positions(Stored(9)), FakeConsumer()

    for _ in range(3 * STALE_IN_A_ROW_MAX):
        await positions.renew(consumer, PLACE)
        positions.done(PLACE, 10)

    assert len(consumer.seeks) == 3 * STALE_IN_A_ROW_MAX


async def test_lost_partition_is_not_sought() -> None:
    """Its next owner reads it."""
    positions, consumer = Positions(Stored(3)), FakeConsumer()
    consumer.is_lost = True

    assert await positions.rest_of(consumer, PLACE, batch(5)) is None
