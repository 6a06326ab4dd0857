"""The decision log's plumbing on a real broker: the pipeline, membership, tails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing

import pytest

from libs.common import clock
from libs.common.errors import UnavailableError
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer, LogProducer
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


async def test_pipelined_records_land_in_order(
    kafka: str, make_topic: TopicMaker, log_consumers: LogConsumerMaker
) -> None:
    """Five hundred records in flight land as they were queued, and each future tells its place."""
    topic = await make_topic("decisions")
    producer = LogProducer(kafka)
    await producer.start()

    futures = [
        await producer.send(topic, partition=0, key=b"k", value=b"%d" % n, headers=[("n", b"x")])
        for n in range(500)
    ]
    places = await asyncio.gather(*futures)
    await producer.close()

    assert [place.offset for place in places] == list(range(500))
    consumer = log_consumers(topic)
    await consumer.start()
    consumer.assign([0])
    consumer.seek(0, 490)
    records = await read(consumer, 10)
    assert [record.value for record in records] == [b"%d" % n for n in range(490, 500)]
    assert records[0].headers == (("n", b"x"),)


async def test_closing_now_waits_for_no_pending_send(kafka: str, make_topic: TopicMaker) -> None:
    """A takeover that ends drops its pipeline within 2 s; every future fails, none hangs."""
    topic = await make_topic("decisions")
    producer = LogProducer(kafka)
    await producer.start()
    futures = [
        await producer.send(topic, partition=0, key=None, value=b"x" * 100_000) for _ in range(2)
    ]

    began_s = clock.monotonic_s()
    await producer.close_now()
    outcomes = await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 2)

    assert clock.monotonic_s() - began_s < 3
    assert not producer.is_healthy
    assert all(isinstance(outcome, UnavailableError) for outcome in outcomes)
    with pytest.raises(UnavailableError, match="closed"):
        await producer.send(topic, partition=0, key=None, value=b"late")


async def test_oversize_record_in_mid_pipeline_ends_the_producer(
    kafka: str, make_topic: TopicMaker, log_consumers: LogConsumerMaker
) -> None:
    """The broker refuses one record; a reader then sees a prefix and nothing out of order."""
    topic = await make_topic("decisions", bytes_max=2_000)
    producer = LogProducer(kafka)
    await producer.start()
    await (await producer.send(topic, partition=0, key=None, value=b"0"))

    values = [b"1", b"x" * 300_000, b"3", b"4"]
    futures = [await producer.send(topic, partition=0, key=None, value=value) for value in values]
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert not producer.is_healthy
    with pytest.raises(UnavailableError):
        await producer.send(topic, partition=0, key=None, value=b"5")
    await producer.close_now()

    assert isinstance(outcomes[1], UnavailableError)
    consumer = log_consumers(topic)
    await consumer.start()
    ends = await consumer.end_offsets([0])
    consumer.assign([0])
    consumer.seek(0, 0)
    landed = [record.value for record in await read(consumer, ends[0])]
    assert landed == sorted(value for value in landed if value)
    assert landed[0] == b"0"


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
