"""Creating and checking topics on a real broker."""

import pytest

from libs.common.contracts.topics import Topic
from libs.common.errors import UnavailableError
from libs.common.kafka_topics import TopicMismatchError, check_topics, ensure_topics


def topic_named(name: str, **settings: str) -> Topic:
    """A topic with these settings."""
    return Topic(
        name=name, settings={key.replace("_", "."): value for key, value in settings.items()}
    )


async def test_topics_are_created_once(kafka: str, topic_prefix: str) -> None:
    """The first start creates them with their settings, the second finds them."""
    topics = [topic_named(f"{topic_prefix}.a", retention_ms="60000")]

    assert await ensure_topics(kafka, partitions=3, topics=topics) == [f"{topic_prefix}.a"]
    assert await ensure_topics(kafka, partitions=3, topics=topics) == []


async def test_difference_is_told_with_expected_and_found(kafka: str, topic_prefix: str) -> None:
    """Wrong partitions, a wrong setting and a missing topic each name what to change."""
    name = f"{topic_prefix}.a"
    await ensure_topics(kafka, partitions=3, topics=[topic_named(name, retention_ms="60000")])

    with pytest.raises(TopicMismatchError, match=r"expected 6 partitions.*found 3"):
        await check_topics(kafka, partitions=6, topics=[topic_named(name)])
    with pytest.raises(TopicMismatchError, match=r"retention\.ms: expected 1, found 60000"):
        await check_topics(kafka, partitions=3, topics=[topic_named(name, retention_ms="1")])
    with pytest.raises(TopicMismatchError, match="does not exist"):
        await check_topics(kafka, partitions=3, topics=[topic_named(f"{name}.missing")])


async def test_absent_broker_is_unavailable() -> None:
    """No broker at the address."""
    with pytest.raises(UnavailableError):
        await check_topics("127.0.0.1:1", partitions=1)
