"""One takeover's producer for the decision log: an ordered pipeline that can be dropped at once."""

import asyncio
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from libs.common.errors import UnavailableError
from libs.common.kafka_producer import close_producer, new_producer, sender_is_alive
from libs.common.kafka_records import SendHeaders

START_TIMEOUT_S = 20.0
FLUSH_TIMEOUT_S = 10.0


class ToSend(NamedTuple):
    """One record to send."""

    key: bytes | None
    value: bytes
    headers: SendHeaders = ()


class LogProducer:
    """One takeover's producer: started once, closed once, never reused after a failure."""

    def __init__(self, bootstrap_servers: str, *, client_id: str = "switchboard-log") -> None:
        self._producer: AIOKafkaProducer = new_producer(bootstrap_servers, client_id=client_id)
        self._is_closed = False
        self._is_broken = False

    async def start(self) -> None:
        """Connect. Raises UnavailableError when no broker answers within 20 s."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await self._producer.start()
        except (TimeoutError, KafkaError) as error:
            await self.close_now()
            raise UnavailableError(f"Kafka does not answer: {type(error).__name__}") from error

    @property
    def is_healthy(self) -> bool:
        """Whether a send has a chance. After one failure the broker refuses all that follows."""
        is_usable = not self._is_closed and not self._is_broken
        return is_usable and sender_is_alive(self._producer)

    async def send(self, topic: str, *, partition: int, records: Sequence[ToSend]) -> int:
        """Send as many of these records, from the first on, as one request holds; returns how many
        once they are acknowledged, all of them.

        Await each call before the next: that is what keeps the order. It has no deadline of its
        own, since idempotent sends never expire. Raises UnavailableError when it failed, was given
        up by `close_now`, or an earlier one had failed; the records may still land.
        """
        if self._is_closed or self._is_broken:
            raise UnavailableError("the log producer is closed")
        batch = self._producer.create_batch()
        fitting = list(takewhile(lambda record: _append(batch, record), records))
        is_acknowledged = False
        try:
            sent = await self._producer.send_batch(batch, topic, partition=partition)
            await sent
            is_acknowledged = True
        except KafkaError as error:
            kind = type(error).__name__
            raise UnavailableError(f"{topic} did not take the records: {kind}") from error
        finally:
            # Whoever gave up waiting does not know either.
            self._is_broken = not is_acknowledged
        return len(fitting)

    async def close_now(self) -> None:
        """Close without waiting for pending sends, within 2 s: their futures fail, the records
        may still land. Repeating it does nothing.
        """
        if not self._is_closed:
            self._is_closed = True
            await close_producer(self._producer, flush_timeout_s=0)

    async def close(self, *, flush_timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        """Wait at most that long for pending sends, then close as `close_now` does."""
        if not self._is_closed:
            self._is_closed = True
            await close_producer(self._producer, flush_timeout_s=flush_timeout_s)


def _append(batch: BatchBuilder, record: ToSend) -> bool:
    """Add the record, unless the request is full; the first one always fits."""
    added = batch.append(
        timestamp=None, key=record.key, value=record.value, headers=list(record.headers)
    )
    return added is not None
