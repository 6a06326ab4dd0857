"""One takeover's producer for the decision log: an ordered pipeline that can be dropped at once."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed

from libs.common.errors import UnavailableError
from libs.common.kafka_producer import close_producer, new_producer, sender_is_alive
from libs.common.kafka_records import RecordPlace, SendHeaders

START_TIMEOUT_S = 20.0
FLUSH_TIMEOUT_S = 10.0


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

    async def send(
        self,
        topic: str,
        *,
        partition: int,
        key: bytes | None,
        value: bytes,
        headers: SendHeaders = (),
    ) -> asyncio.Future[RecordPlace]:
        """Queue the record behind all earlier ones; the future holds its place once acknowledged.

        Await each call before the next: that is what keeps the order. The future fails with
        UnavailableError; it has no deadline of its own, since idempotent sends never expire.
        Raises UnavailableError when the record can't be queued within 10 s.
        """
        if self._is_closed or self._is_broken:
            raise UnavailableError("the log producer is closed")
        try:
            sent = await self._producer.send(topic, value, key, partition, headers=list(headers))
        except KafkaError as error:
            raise UnavailableError(f"{topic} takes no records: {type(error).__name__}") from error
        placed: asyncio.Future[RecordPlace] = asyncio.get_running_loop().create_future()
        sent.add_done_callback(lambda acked: self._settle(topic, acked, placed))
        return placed

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

    def _settle(
        self, topic: str, acked: "asyncio.Future[Any]", placed: asyncio.Future[RecordPlace]
    ) -> None:
        """Hand the outcome on; whoever gave up on a takeover need not look at its futures."""
        error = ProducerClosed() if acked.cancelled() else acked.exception()
        self._is_broken = self._is_broken or error is not None
        if placed.done():
            return
        if error is None:
            at = acked.result()
            placed.set_result(
                RecordPlace(
                    partition=at.partition, offset=at.offset, timestamp_ms=at.timestamp or 0
                )
            )
            return
        kind = type(error).__name__
        placed.set_exception(UnavailableError(f"{topic} did not take the record: {kind}"))
        placed.exception()  # A future nobody awaits any more must not be reported as forgotten.
