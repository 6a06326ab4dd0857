"""The batch consumer on a real broker: order, poison, outages, positions, rebalances."""

import asyncio
from collections import Counter

import pytest

from libs.common import clock, dead_letters
from libs.common.errors import UnavailableError, UnprocessableError
from libs.common.health import Health
from libs.common.kafka import Publisher
from libs.common.kafka_batches import ProcessingLimits
from libs.common.kafka_records import PartitionBatch, Record, StalePositionError
from tests.integration.conftest import TopicMaker
from tests.integration.eventually import eventually
from tests.integration.libs.common.conftest import ConsumerMaker


class Recorder:
    """A handler that remembers what it was given and fails on what it was told to."""

    def __init__(self, *, poison: bytes = b"", outages: int = 0) -> None:
        self.seen: list[tuple[int, int]] = []
        self.tries: Counter[bytes | None] = Counter()
        self.skipped: list[int] = []
        self._poison = poison
        self._outages = outages

    async def handle(self, batch: PartitionBatch) -> None:
        """Count the tries; remember the batch only when all of it is good."""
        self.tries.update(record.value for record in batch.records)
        if self._outages:
            self._outages -= 1
            raise UnavailableError("the database is away")
        if self._poison and any(record.value == self._poison for record in batch.records):
            raise KeyError("a bug")
        self.seen += [(batch.partition, record.offset) for record in batch.records]

    async def skip(self, record: Record) -> None:
        """Remember what was passed over."""
        self.skipped.append(record.offset)

    @property
    def offsets(self) -> list[int]:
        """The offsets that were handled, in their order."""
        return [offset for _, offset in self.seen]


async def letters_of(kafka: str, topic: str) -> list[dead_letters.DeadLetter]:
    """All dead letters of a topic."""
    return [letter async for letter in dead_letters.read_all(kafka, topic)]


async def publish(publisher: Publisher, topic: str, *values: bytes) -> None:
    """Publish these values under one key."""
    await publisher.publish_all(topic, [(b"k", value, ()) for value in values])


async def test_records_of_a_partition_come_in_order(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """A new group starts at the earliest record and sees all of them in order."""
    topic = await make_topic("events")
    await publish(publisher, topic, *(b"%d" % number for number in range(1_200)))
    recorder = Recorder()

    await make_consumer([topic], handle=recorder.handle).start()

    await eventually(lambda: len(recorder.seen) >= 1_200)
    assert recorder.offsets == list(range(1_200))


async def test_poison_is_dead_lettered_after_three_tries_and_the_rest_goes_on(
    kafka: str, publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """A record that breaks the handler is tried three times; its neighbours pass within 5 s."""
    topic = await make_topic("events")
    good = [b"%d" % number for number in range(120)]
    await publish(publisher, topic, *good[:60], b"poison", *good[60:])
    recorder = Recorder(poison=b"poison")

    await make_consumer([topic], handle=recorder.handle, skip=recorder.skip).start()

    await eventually(lambda: len(recorder.seen) >= 120)
    began_s = clock.monotonic_s()
    await publish(publisher, topic, b"poison", b"after")
    await eventually(lambda: recorder.tries[b"after"] and 122 in recorder.offsets)
    assert clock.monotonic_s() - began_s < 5
    assert recorder.tries[b"poison"] <= 6
    assert recorder.offsets == [*range(60), *range(61, 121), 122]
    assert recorder.skipped == [60, 121]
    first, second = await letters_of(kafka, topic)
    assert (first.record.value, first.attempts, first.origin) == (b"poison", 3, f"{topic}/0/60")
    assert (second.reason, second.record.key) == ("KeyError", b"k")


async def test_unprocessable_record_is_not_tried_again(
    kafka: str, publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """A reader that says so itself is believed at once, and its reason is kept."""
    topic = await make_topic("events")
    tries = 0

    async def refuse(_batch: PartitionBatch) -> None:
        nonlocal tries
        tries += 1
        raise UnprocessableError("event type is not known to this release")

    await publish(publisher, topic, b"x")
    consumer = make_consumer([topic], handle=refuse)
    await consumer.start()
    letters: list[dead_letters.DeadLetter] = []
    while not letters:
        letters = await letters_of(kafka, topic)

    assert tries == 1
    assert letters[0].reason == "UnprocessableError: event type is not known to this release"


async def test_odd_headers_survive_to_the_dead_letters(
    kafka: str, publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """A header that is not UTF-8, and one that asks for a reply, neither break nor are obeyed."""
    topic = await make_topic("events")
    odd = [("binary", b"\xff\xfe"), ("reply_to", topic.encode())]
    await publisher.publish(topic, key=b"\xff", value=b"poison", headers=odd)
    await publisher.publish(topic, key=None, value=b"good")
    recorder = Recorder(poison=b"poison")

    await make_consumer([topic], handle=recorder.handle).start()

    await eventually(lambda: recorder.offsets == [1])
    (letter,) = await letters_of(kafka, topic)
    assert letter.record.key == b"\xff"
    assert letter.record.headers[:2] == tuple(odd)


async def test_outage_is_waited_out_and_nothing_is_dead_lettered(
    kafka: str, publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """While a dependency is away the batch is repeated, however often, and then handled."""
    topic = await make_topic("events")
    await publish(publisher, topic, b"1", b"2")
    recorder = Recorder(outages=6)
    limits = ProcessingLimits(outage_pause_s=0.01)

    await make_consumer([topic], handle=recorder.handle, limits=limits).start()

    await eventually(lambda: recorder.offsets == [0, 1])
    assert await letters_of(kafka, topic) == []


async def test_endless_outage_ends_the_process_and_commits_nothing(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker, health: Health
) -> None:
    """Past its limit an outage is reported; the next process reads the same records."""
    topic = await make_topic("events")
    await publish(publisher, topic, b"1", b"2")
    limits = ProcessingLimits(outage_pause_s=0.01, outage_s_max=0.1)
    broken = make_consumer([topic], handle=Recorder(outages=1_000).handle, limits=limits)

    await broken.start()
    async with asyncio.timeout(20):
        await health.failed.wait()
    await broken.stop()
    recorder = Recorder()
    await make_consumer([topic], handle=recorder.handle).start()

    await eventually(lambda: recorder.offsets == [0, 1])


async def test_restarted_member_goes_on_after_what_it_committed(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """A clean stop commits the batch at hand: nothing comes twice."""
    topic = await make_topic("events")
    await publish(publisher, topic, b"1", b"2")
    first, second = Recorder(), Recorder()
    consumer = make_consumer([topic], handle=first.handle)
    await consumer.start()
    await eventually(lambda: first.offsets == [0, 1])

    await consumer.stop()
    await publish(publisher, topic, b"3")
    await make_consumer([topic], handle=second.handle).start()

    await eventually(lambda: second.offsets)
    assert second.offsets == [2]


async def test_stored_position_wins_over_the_groups_offset(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """A reader that is behind its group catches up at once; one that is ahead repeats nothing."""
    topic = await make_topic("events")
    await publish(publisher, topic, *(b"%d" % number for number in range(10)))
    everything = Recorder()
    consumer = make_consumer([topic], handle=everything.handle)
    await consumer.start()
    await eventually(lambda: len(everything.seen) >= 10)
    await consumer.stop()
    behind = Recorder()

    async def position_of(_topic: str, _partition: int) -> int | None:
        return 4

    await make_consumer([topic], handle=behind.handle, position_of=position_of).start()

    await eventually(lambda: len(behind.seen) >= 6)
    assert behind.offsets == [4, 5, 6, 7, 8, 9]


async def test_reader_without_a_position_begins_at_the_beginning(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """A lost database is rebuilt from the log, whatever the group had committed."""
    topic = await make_topic("events")
    await publish(publisher, topic, b"1", b"2")
    first, second = Recorder(), Recorder()
    consumer = make_consumer([topic], handle=first.handle)
    await consumer.start()
    await eventually(lambda: first.offsets == [0, 1])
    await consumer.stop()

    async def position_of(_topic: str, _partition: int) -> int | None:
        return None

    await make_consumer([topic], handle=second.handle, position_of=position_of).start()

    await eventually(lambda: second.offsets == [0, 1])


async def test_position_beyond_the_log_ends_the_process(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker, health: Health
) -> None:
    """A log that is shorter than what was read of it is another log: nobody skips silently."""
    topic = await make_topic("events")
    await publish(publisher, topic, b"1")

    async def position_of(_topic: str, _partition: int) -> int | None:
        return 99

    await make_consumer([topic], handle=Recorder().handle, position_of=position_of).start()

    async with asyncio.timeout(20):
        await health.failed.wait()
    assert "ends at 1, the stored position is 99" in health.failure


async def test_stale_position_is_read_again(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """When another owner was faster the reader goes on from where that one got to."""
    topic = await make_topic("events")
    await publish(publisher, topic, *(b"%d" % number for number in range(6)))
    recorder = Recorder()
    stored = 0

    async def position_of(_topic: str, _partition: int) -> int | None:
        return stored

    async def handle(batch: PartitionBatch) -> None:
        nonlocal stored
        if stored == 0:
            stored = 3
            raise StalePositionError
        await recorder.handle(batch)

    await make_consumer([topic], handle=handle, position_of=position_of).start()

    await eventually(lambda: recorder.offsets == [3, 4, 5])


@pytest.mark.slow
async def test_joining_and_leaving_members_lose_nothing(
    publisher: Publisher, make_topic: TopicMaker, make_consumer: ConsumerMaker
) -> None:
    """While a second member joins and leaves, each partition stays in order and complete."""
    topic = await make_topic("events", partitions=4)
    first, second = Recorder(), Recorder()
    await make_consumer([topic], handle=first.handle).start()
    joining = make_consumer([topic], handle=second.handle)

    async def flow(numbers: range) -> None:
        for number in numbers:
            await publisher.publish(topic, key=None, value=b"%d" % number, partition=number % 4)

    await flow(range(100))
    await eventually(lambda: len(first.seen) >= 100)
    await joining.start()
    number = 100
    while not second.seen:
        await flow(range(number, number + 20))
        number += 20
    await joining.stop()
    await flow(range(number, number + 100))
    await eventually(lambda: len(set(first.seen) | set(second.seen)) >= number + 100, within_s=30)

    seen = set(first.seen) | set(second.seen)
    assert seen == {(n % 4, n // 4) for n in range(number + 100)}
    for recorder in (first, second):
        for partition in range(4):
            offsets = [offset for place, offset in recorder.seen if place == partition]
            assert offsets == sorted(offsets)
