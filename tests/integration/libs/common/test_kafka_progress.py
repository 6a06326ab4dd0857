"""A group's progress, asked from outside of it."""

from collections.abc import AsyncIterator, Callable

import pytest

from libs.common.errors import UnavailableError
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_progress import GroupProgress
from tests.integration.conftest import TopicMaker

ProgressMaker = Callable[[str], GroupProgress]


@pytest.fixture
async def progress_of(kafka: str, topic_prefix: str) -> AsyncIterator[ProgressMaker]:
    """Makes what asks about a topic of two partitions; start it yourself."""
    made: list[GroupProgress] = []

    def make(topic: str) -> GroupProgress:
        made.append(
            GroupProgress(
                kafka,
                topic,
                group_id=f"{topic_prefix}.group",
                partitions=2,
                client_id="tests",
                ask_timeout_s=5,
            )
        )
        return made[-1]

    yield make
    for one in made:
        await one.stop()


async def test_every_acknowledged_record_is_below_the_end(
    publisher: Publisher, make_topic: TopicMaker, progress_of: ProgressMaker
) -> None:
    """Asked after each acknowledgement, the end has always moved past the record."""
    topic = await make_topic("spilled", partitions=2)
    progress = progress_of(topic)
    await progress.start()
    before = await progress.ends()

    for _ in range(20):
        place = await publisher.publish(topic, key=None, value=b"{}", partition=1)
        assert (await progress.ends())[1] == place.offset + 1

    assert before == {0: 0, 1: 0}


async def test_done_is_what_the_group_committed(
    kafka: str,
    topic_prefix: str,
    publisher: Publisher,
    make_topic: TopicMaker,
    progress_of: ProgressMaker,
) -> None:
    """At first the beginning; asking joins nothing, so that the group's member keeps all."""
    topic = await make_topic("spilled", partitions=2)
    for _ in range(3):
        await publisher.publish(topic, key=None, value=b"{}", partition=1)
    progress = progress_of(topic)
    await progress.start()
    at_first = await progress.done_to(1)
    member = LogConsumer(kafka, topic, group_id=f"{topic_prefix}.group")
    await member.start()
    while not await member.get_many(timeout_ms=500):
        pass

    is_committed = await member.commit({1: 2})
    done = await progress.done_to(1)
    held = member.assignment()
    await member.stop()

    assert is_committed
    assert (at_first, done) == (0, 2)
    assert held == {0, 1}


async def test_without_a_broker_the_start_fails_with_a_sentence() -> None:
    """As everything else that connects."""
    progress = GroupProgress(
        "127.0.0.1:1", "none", group_id="none", partitions=1, client_id="tests", ask_timeout_s=1
    )

    with pytest.raises(UnavailableError, match="Kafka does not answer"):
        await progress.start()
    await progress.stop()
