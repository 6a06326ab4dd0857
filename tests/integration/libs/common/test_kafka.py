"""The publisher on a real broker."""

import pytest

from libs.common.errors import UnavailableError, UnprocessableError
from libs.common.kafka import VALUE_BYTES_MAX, Publisher
from libs.common.kafka_records import partition_of
from tests.integration.conftest import TopicMaker


async def test_published_record_has_a_place(publisher: Publisher, make_topic: TopicMaker) -> None:
    """An acknowledged record says where it stands and when it was appended."""
    topic = await make_topic("records")

    first = await publisher.publish(topic, key=b"k", value=b"1")
    second = await publisher.publish(topic, key=b"k", value=b"2")

    assert (first.partition, first.offset, second.offset) == (0, 0, 1)
    assert second.timestamp_ms >= first.timestamp_ms > 0


async def test_key_chooses_the_partition_that_everyone_computes(
    publisher: Publisher, make_topic: TopicMaker
) -> None:
    """The publisher and `partition_of` agree, so that a desk is one partition for all."""
    topic = await make_topic("keyed", partitions=6)

    for number in range(30):
        key = f"tenant/desk-{number}".encode()
        place = await publisher.publish(topic, key=key, value=b"x")
        assert place.partition == partition_of(key, 6)


async def test_many_records_of_one_key_stay_in_order(
    publisher: Publisher, make_topic: TopicMaker
) -> None:
    """What is published at once lands in the given order."""
    topic = await make_topic("ordered")

    places = await publisher.publish_all(topic, [(b"k", b"%d" % n, ()) for n in range(200)])

    assert [place.offset for place in places] == list(range(200))


async def test_too_large_for_us_is_refused_and_harms_nothing(
    publisher: Publisher, make_topic: TopicMaker
) -> None:
    """A record over our own limit never reaches the producer."""
    topic = await make_topic("large")

    with pytest.raises(UnprocessableError, match="at most"):
        await publisher.publish(topic, key=None, value=b"x" * (VALUE_BYTES_MAX + 1))

    assert (await publisher.publish(topic, key=None, value=b"fits")).offset == 0


async def test_too_large_for_the_broker_is_refused_and_the_publisher_goes_on(
    publisher: Publisher, make_topic: TopicMaker
) -> None:
    """The broker's refusal breaks the producer's sequence; the next publish works all the same."""
    topic = await make_topic("small", bytes_max=2_000)

    with pytest.raises(UnprocessableError, match="too large"):
        await publisher.publish(topic, key=b"k", value=b"x" * 5_000)

    for number in range(3):
        place = await publisher.publish(topic, key=b"k", value=b"fits")
        assert place.offset == number
    assert publisher.is_healthy


async def test_missing_topic_is_unavailable_within_the_deadline(
    kafka: str, topic_prefix: str
) -> None:
    """The client would look for 40 s; our own deadline ends it, and the publisher still works."""
    hasty = Publisher(kafka, publish_timeout_s=0.5)
    await hasty.start()

    with pytest.raises(UnavailableError):
        await hasty.publish(f"{topic_prefix}.missing", key=None, value=b"x")

    await hasty.check()
    await hasty.stop()


async def test_absent_broker_is_told_in_one_sentence() -> None:
    """No broker at the address: UnavailableError instead of a client's exception."""
    lost = Publisher("127.0.0.1:1")

    with pytest.raises(UnavailableError, match="Kafka does not answer"):
        await lost.start()

    assert not lost.is_healthy
