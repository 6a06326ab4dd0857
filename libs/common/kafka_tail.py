"""Following a topic without a group: every reader sees every record, from offsets of its own."""

from collections.abc import AsyncGenerator, Mapping

from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import PartitionBatch, Record

TAIL_WAIT_MS = 200
TAIL_RECORDS_MAX = 500


async def tail(
    bootstrap_servers: str,
    topic: str,
    *,
    offsets: Mapping[int, int],
    client_id: str = "switchboard-tail",
    records_max: int = TAIL_RECORDS_MAX,
) -> AsyncGenerator[PartitionBatch, None]:
    """Batches of these partitions, each from its given offset on, for ever.

    An offset that expired goes on with the earliest record. Raises UnavailableError when Kafka
    refuses; go on with a new tail from where the last batch ended. Close it (`aclosing`).
    """
    consumer = LogConsumer(bootstrap_servers, topic, client_id=client_id)
    await consumer.start()
    try:
        consumer.assign(offsets)
        for partition, offset in offsets.items():
            consumer.seek(partition, offset)
        while True:
            found = await consumer.get_many(timeout_ms=TAIL_WAIT_MS, max_records=records_max)
            for partition, records in found.items():
                yield PartitionBatch(topic=topic, partition=partition, records=tuple(records))
    finally:
        await consumer.stop()


async def end_offsets(bootstrap_servers: str, topic: str, *, partitions: int) -> dict[int, int]:
    """The offset that the next record of each partition will have, by partition.

    Raises UnavailableError when no broker answers.
    """
    consumer = LogConsumer(bootstrap_servers, topic, client_id="switchboard-tail")
    await consumer.start()
    try:
        return await consumer.end_offsets(range(partitions))
    finally:
        await consumer.stop()


async def records_between(
    consumer: LogConsumer, begins: Mapping[int, int], ends: Mapping[int, int]
) -> AsyncGenerator[Record, None]:
    """The records of these partitions from `begins` on and before `ends`, then it is over."""
    unread = {number for number, end in ends.items() if end > begins[number]}
    consumer.assign(unread)
    for number in unread:
        consumer.seek(number, begins[number])
    while unread:
        for number, records in (await consumer.get_many(unread)).items():
            for record in records:
                if record.offset < ends[number]:
                    yield record
            if records[-1].offset + 1 >= ends[number]:
                unread.discard(number)
