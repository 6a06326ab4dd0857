"""Records and the partition of a key."""

import pytest

from libs.common.kafka_records import PartitionBatch, Record, partition_of

# From the tests of Apache Kafka's own client: the signed murmur2 hashes of these keys.
JAVA_HASHES = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize("key", JAVA_HASHES)
def test_partition_is_that_of_every_kafka_client(key: bytes) -> None:
    """A producer in another language puts a desk's records in the same partition."""
    assert partition_of(key, 6) == (JAVA_HASHES[key] & 0x7FFFFFFF) % 6


def test_desks_spread_over_all_partitions() -> None:
    """No partition stays empty among many desks."""
    assert {partition_of(b"acme/desk-%d" % number, 6) for number in range(100)} == set(range(6))


def test_batch_knows_what_follows_it() -> None:
    """The position after a batch is the last offset plus one; a record names its place."""
    records = tuple(
        Record(topic="t", partition=2, offset=offset, key=None, value=b"") for offset in (7, 8)
    )

    batch = PartitionBatch(topic="t", partition=2, records=records)

    assert batch.next_offset == 9
    assert records[0].place == "t/2/7"
