"""The decision log's plumbing on a real broker: the pipeline, membership, tails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing

import pytest

from libs.common import clock
from libs.common.errors import UnavailableError
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer, LogProducer, ToSend
from libs.common.kafka_producer import BATCH_BYTES_MAX
from libs.common.kafka_records import Record
from libs.common.kafka_tail import end_offsets, tail
from tests.integration.conftest import TopicMaker
from tests.integration.eventually import eventually

LogConsumerMaker = Callable[..., LogConsumer]


@pytest.fixture
async def log_consumers(kafka: str) -> AsyncIterator[LogConsumerMaker]:
    """Makes consumers that are stopped afterwards."""
    async with AsyncExitStack() as stack:

        def make(topic: str, *, group_id: str | None = None) -> LogConsumer:
            consumer = LogConsumer(kafka, topic, group_id=group_id)
            stack.push_async_callback(consumer.stop)
            return consumer

        yield make


async def read(consumer: LogConsumer, count: int) -> list[Record]:
    """The next `count` records, within 15 s."""
    records: list[Record] = []
    async with asyncio.timeout(15):
        while len(records) < count:
            for found in (await consumer.get_many()).values():
                records += found
    return records


def to_send(*values: bytes) -> list[ToSend]:
    """Records without a key."""
    return [ToSend(None, value) for value in values]


async def send_all(producer: LogProducer, topic: str, records: list[ToSend]) -> list[int]:
    """Send all, request after request; how many each held."""
    counts = []
    while records:
        counts.append(await producer.send(topic, partition=0, records=records))
        records = records[counts[-1] :]
    return counts


async def test_records_land_in_order(
    kafka: str, make_topic: TopicMaker, log_consumers: LogConsumerMaker
) -> None:
    """As many as fit go in one request, a large one too; the others are for the next."""
    topic = await make_topic("decisions")
    producer = LogProducer(kafka)
    await producer.start()
    values = [b"%d" % n for n in range(500)]
    values[300] = b"x" * (BATCH_BYTES_MAX + 1)

    counts = await send_all(producer, topic, [ToSend(b"k", one, [("n", b"y")]) for one in values])
    await producer.close()

    assert counts == [300, 1, 199]
    consumer = log_consumers(topic)
    await consumer.start()
    consumer.assign([0])
    consumer.seek(0, 0)
    records = await read(consumer, 500)
    assert [record.value for record in records] == values
    assert {(record.key, record.headers) for record in records} == {(b"k", (("n", b"y"),))}


async def test_closing_now_waits_for_no_pending_send(kafka: str, make_topic: TopicMaker) -> None:
    """A takeover that ends drops its pipeline within 2 s; nobody hangs."""
    topic = await make_topic("decisions")
    producer = LogProducer(kafka)
    await producer.start()
    await producer.send(topic, partition=0, records=to_send(b"first"))
    records = to_send(b"x" * 100_000, b"x" * 100_000)
    sending = asyncio.create_task(producer.send(topic, partition=0, records=records))
    await asyncio.sleep(0)

    began_s = clock.monotonic_s()
    await producer.close_now()
    with pytest.raises(UnavailableError):
        await asyncio.wait_for(sending, 2)

    assert clock.monotonic_s() - began_s < 3
    assert not producer.is_healthy
    with pytest.raises(UnavailableError, match="closed"):
        await producer.send(topic, partition=0, records=to_send(b"late"))


async def test_nothing_is_sent_after_a_send_that_was_given_up(
    kafka: str, make_topic: TopicMaker
) -> None:
    """It may still land, so whatever followed would be void."""
    topic = await make_topic("decisions")
    producer = LogProducer(kafka)
    await producer.start()
    sending = asyncio.create_task(producer.send(topic, partition=0, records=to_send(b"1")))
    await asyncio.sleep(0)

    sending.cancel()
    await asyncio.wait([sending])

    assert not producer.is_healthy
    with pytest.raises(UnavailableError):
        await producer.send(topic, partition=0, records=to_send(b"2"))
    await producer.close_now()


async def test_oversize_record_in_mid_pipeline_ends_the_producer(
    kafka: str, make_topic: TopicMaker, log_consumers: LogConsumerMaker
) -> None:
    """The broker refuses one record; a reader then sees a prefix and nothing out of order."""
    topic = await make_topic("decisions", bytes_max=2_000)
    producer = LogProducer(kafka)
    await producer.start()
    await producer.send(topic, partition=0, records=to_send(b"0"))

    with pytest.raises(UnavailableError):
        await send_all(producer, topic, to_send(b"1", b"x" * 300_000, b"3", b"4"))
    assert not producer.is_healthy
    with pytest.raises(UnavailableError):
        await producer.send(topic, partition=0, records=to_send(b"5"))
    await producer.close_now()

    consumer = log_consumers(topic)
    await consumer.start()
    ends = await consumer.end_offsets([0])
    consumer.assign([0])
    consumer.seek(0, 0)
    assert [record.value for record in await read(consumer, ends[0])] == [b"0", b"1"]


async def test_member_confirms_its_assignment_and_a_lost_one_does_not(
    make_topic: TopicMaker, log_consumers: LogConsumerMaker, topic_prefix: str
) -> None:
    """Only while the coordinator knows this member in this generation is the answer yes."""
    topic = await make_topic("events", partitions=2)
    calls: list[tuple[str, frozenset[int]]] = []

    async def assigned(partitions: frozenset[int]) -> None:
        calls.append(("assigned", partitions))

    async def revoked(partitions: frozenset[int]) -> None:
        calls.append(("revoked", partitions))

    first = log_consumers(topic, group_id=f"{topic_prefix}.router")
    assert await first.confirm_assignment() is False
    await first.start(on_assigned=assigned, on_revoked=revoked)
    await eventually(lambda: first.assignment() == {0, 1})

    assert await first.confirm_assignment() is True
    assert await first.commit({0: 0, 1: 0}) is True

    second = log_consumers(topic, group_id=f"{topic_prefix}.router")
    joining = asyncio.create_task(second.start())
    await eventually(lambda: ("revoked", frozenset({0, 1})) in calls)
    await joining
    await eventually(lambda: len(first.assignment()) == 1 and len(second.assignment()) == 1)
    assert await first.confirm_assignment() is True
    assert await second.confirm_assignment() is True
    assert calls[-1][0] == "assigned"


async def test_seek_and_pause_of_a_lost_partition_are_told_not_raised(
    make_topic: TopicMaker, log_consumers: LogConsumerMaker
) -> None:
    """An owner may be late to learn that a partition is gone."""
    topic = await make_topic("events", partitions=2)
    consumer = log_consumers(topic)
    await consumer.start()
    consumer.assign([0])

    assert consumer.seek(0, 0) is True
    assert consumer.seek(1, 0) is False
    consumer.pause(1)
    consumer.resume(1)


async def test_paused_partition_yields_nothing_until_resumed(
    publisher: Publisher, make_topic: TopicMaker, log_consumers: LogConsumerMaker
) -> None:
    """Back pressure on one partition leaves the other flowing."""
    topic = await make_topic("events", partitions=2)
    for partition in (0, 1):
        await publisher.publish(topic, key=None, value=b"%d" % partition, partition=partition)
    consumer = log_consumers(topic)
    await consumer.start()
    consumer.assign([0, 1])
    consumer.pause(0)

    (only,) = await read(consumer, 1)
    assert only.partition == 1
    assert await consumer.get_many(timeout_ms=300) == {}
    consumer.resume(0)
    (other,) = await read(consumer, 1)
    assert other.partition == 0


async def test_tail_follows_from_the_given_offsets(
    kafka: str, publisher: Publisher, make_topic: TopicMaker
) -> None:
    """A tail sees what follows its offsets, old and new, and no group is involved."""
    topic = await make_topic("decisions")
    await publisher.publish_all(topic, [(None, b"%d" % n, ()) for n in range(5)])
    seen: list[int] = []

    async with asyncio.timeout(15), aclosing(tail(kafka, topic, offsets={0: 3})) as batches:
        async for batch in batches:
            seen += [record.offset for record in batch.records]
            if seen[-1] == 4:
                await publisher.publish(topic, key=None, value=b"new")
            if seen[-1] == 5:
                break

    assert seen == [3, 4, 5]
    assert await end_offsets(kafka, topic, partitions=1) == {0: 6}
