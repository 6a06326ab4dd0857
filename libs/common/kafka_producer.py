"""The one recipe for a Kafka producer: how it is made, judged alive, and closed in bounded time."""

import asyncio
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed

from libs.common.contracts.topics import RECORD_BYTES_MAX

REQUEST_TIMEOUT_MS = 10_000
BATCH_BYTES_MAX = 256 * 1024
CLOSE_TIMEOUT_S = 2.0


def new_producer(bootstrap_servers: str, *, client_id: str) -> AIOKafkaProducer:
    """A producer that is not started yet: idempotent, all replicas acknowledge, no lingering."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_batch_size=BATCH_BYTES_MAX,
        max_request_size=RECORD_BYTES_MAX,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )


def sender_is_alive(producer: AIOKafkaProducer) -> bool:
    """Whether the task that sends still runs; aiokafka never restarts it."""
    task = producer._sender.sender_task  # noqa: SLF001 - aiokafka tells it nowhere else
    return task is not None and not task.done()


async def close_producer(producer: AIOKafkaProducer, *, flush_timeout_s: float) -> None:
    """Close, waiting at most `flush_timeout_s` for pending sends and 2 s for the sockets.

    With 0 nothing is waited for: pending sends fail at once, though they may still land.
    """
    if flush_timeout_s > 0 and sender_is_alive(producer):
        with suppress(TimeoutError, KafkaError):
            async with asyncio.timeout(flush_timeout_s):
                await producer.flush()
    # aiokafka's own stop() waits for pending sends for ever, and idempotent sends never expire.
    producer._closed = True  # noqa: SLF001
    producer._message_accumulator._closed = True  # noqa: SLF001
    producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
    parts = [asyncio.ensure_future(producer.client.close())]
    sender = producer._sender.sender_task  # noqa: SLF001
    if sender is not None and not sender.done():
        sender.cancel()
        parts.append(sender)
    done, late = await asyncio.wait(parts, timeout=CLOSE_TIMEOUT_S)
    for part in late:
        part.cancel()
    for part in done:
        if not part.cancelled():
            part.exception()
