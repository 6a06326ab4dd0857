"""Reading one partition of a log: the next records, and which offsets it holds."""

import asyncio

from libs.common.errors import UnavailableError
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import Record

READ_TIMEOUT_MS = 500
READ_AGAIN_S = 0.2


async def read_next(consumer: LogConsumer, partition: int, records_max: int) -> list[Record]:
    """The next records; an outage is waited out, since the machine's own limits end it."""
    try:
        found = await consumer.get_many(
            [partition], timeout_ms=READ_TIMEOUT_MS, max_records=records_max
        )
    except UnavailableError:
        await asyncio.sleep(READ_AGAIN_S)
        return []
    return found.get(partition, [])


async def range_of(consumer: LogConsumer, partition: int) -> tuple[int, int]:
    """The first offset that the partition holds, and the one that comes next.

    Raises UnavailableError when Kafka does not answer.
    """
    start = await consumer.beginning_offsets([partition])
    end = await consumer.end_offsets([partition])
    return start[partition], end[partition]
