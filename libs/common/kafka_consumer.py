"""The one recipe for a Kafka consumer: its timeouts, its fetch sizes, its records."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import ConsumerStoppedError, IllegalStateError, KafkaError

from libs.common.contracts.topics import RECORD_BYTES_MAX
from libs.common.errors import UnavailableError
from libs.common.kafka_records import Record

SESSION_TIMEOUT_MS = 10_000
HEARTBEAT_INTERVAL_MS = 3_000
REBALANCE_TIMEOUT_MS = 60_000
REQUEST_TIMEOUT_MS = 15_000
CONSUMER_TIMEOUT_S = 20.0
FETCH_WAIT_MS_MAX = 500
FETCH_BYTES_MAX = 16 * 1024 * 1024
# One record of the greatest size must fit, with its framing.
PARTITION_FETCH_BYTES_MAX = 2 * RECORD_BYTES_MAX

# What group members and tails have in common, for aiokafka and FastStream alike.
FETCH_SETTINGS: dict[str, Any] = {
    "auto_offset_reset": "earliest",
    "fetch_min_bytes": 1,
    "fetch_max_wait_ms": FETCH_WAIT_MS_MAX,
    "fetch_max_bytes": FETCH_BYTES_MAX,
    "max_partition_fetch_bytes": PARTITION_FETCH_BYTES_MAX,
}
GROUP_SETTINGS: dict[str, Any] = {
    "session_timeout_ms": SESSION_TIMEOUT_MS,
    "heartbeat_interval_ms": HEARTBEAT_INTERVAL_MS,
    "rebalance_timeout_ms": REBALANCE_TIMEOUT_MS,
}


def new_consumer(
    bootstrap_servers: str,
    *,
    client_id: str,
    group_id: str | None = None,
    group_instance_id: str | None = None,
    fetch_wait_ms_max: int = FETCH_WAIT_MS_MAX,
    session_timeout_ms: int = SESSION_TIMEOUT_MS,
    heartbeat_interval_ms: int = HEARTBEAT_INTERVAL_MS,
) -> AIOKafkaConsumer:
    """A consumer that is not started yet: nothing is committed by itself, earliest first."""
    membership = {
        **GROUP_SETTINGS,
        "session_timeout_ms": session_timeout_ms,
        "heartbeat_interval_ms": heartbeat_interval_ms,
    }
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        client_id=client_id,
        group_id=group_id,
        group_instance_id=group_instance_id,
        enable_auto_commit=False,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        **{**FETCH_SETTINGS, "fetch_max_wait_ms": fetch_wait_ms_max},
        **membership,
    )


def record_of(raw: "ConsumerRecord[Any, Any]") -> Record:
    """The client's record as ours; a null header becomes an empty one."""
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        headers=tuple([(name, value or b"") for name, value in raw.headers]),
        timestamp_ms=raw.timestamp or 0,
    )


@asynccontextmanager
async def translated(timeout_s: float) -> AsyncIterator[None]:
    """Raise UnavailableError when what is inside takes longer, or Kafka refuses it."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except (TimeoutError, KafkaError, ConsumerStoppedError, IllegalStateError) as error:
        raise UnavailableError(f"Kafka does not answer: {type(error).__name__}") from error
