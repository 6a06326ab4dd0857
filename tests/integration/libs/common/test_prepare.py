"""Preparing a real Kafka: created once, checked ever after."""

import pytest

from libs.common.contracts.topics import TOPICS
from libs.common.kafka_topics import TopicMismatchError
from libs.common.prepare import PrepareSettings, prepare


async def test_repeated_preparation_creates_nothing_twice(kafka: str) -> None:
    """After a first run all topics exist as wanted, and a second run finds nothing to do."""
    settings = PrepareSettings(kafka_bootstrap_servers=kafka)

    first = await prepare(settings)
    second = await prepare(settings)

    assert set(first) <= {topic.name for topic in TOPICS}
    assert second == []


async def test_other_partition_count_is_refused(kafka: str) -> None:
    """A running platform's partition count is never changed by a setting: a sentence says so."""
    await prepare(PrepareSettings(kafka_bootstrap_servers=kafka))
    other = PrepareSettings(kafka_bootstrap_servers=kafka, kafka_partitions=12)

    with pytest.raises(TopicMismatchError, match="expected 12 partitions"):
        await prepare(other)
