"""Publishing to Kafka: each send acknowledged by all replicas, within a deadline of its own."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordTooLargeError,
    UnknownTopicOrPartitionError,
)

from libs.common import clock, metrics
from libs.common.contracts.topics import RECORD_BYTES_MAX
from libs.common.errors import ServiceError, UnavailableError, UnprocessableError
from libs.common.kafka_producer import close_producer, new_producer, sender_is_alive
from libs.common.kafka_records import RecordPlace, SendHeaders, partition_of

__all__ = ["Publisher", "RecordPlace", "partition_of"]

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0
CHECK_TIMEOUT_S = 1.5
# What a record's key, headers and framing may add to its value.
RECORD_OVERHEAD_BYTES_MAX = 32 * 1024
VALUE_BYTES_MAX = RECORD_BYTES_MAX - RECORD_OVERHEAD_BYTES_MAX

# A record to publish: its key, its value, its headers.
Outgoing = tuple[bytes | None, bytes, SendHeaders]
log = structlog.get_logger(__name__)


class Publisher:
    """Publishes records one by one or many at once; safe to share between tasks.

    Records of one partition that are published one after the other stay in order. A producer that
    the broker refused is replaced, so that a failure never outlives its cause.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        publish_timeout_s: float = 10.0,
        client_id: str = "switchboard",
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._publish_timeout_s = publish_timeout_s
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._replacing = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Connect. Raises UnavailableError when no broker answers within 20 s."""
        self._producer = await self._connect()

    async def stop(self) -> None:
        """Send what is pending and disconnect, within 10 s; then give up what is left."""
        producer, self._producer = self._producer, None
        if producer:
            await close_producer(producer, flush_timeout_s=STOP_TIMEOUT_S)
        if self._closing:
            await asyncio.wait(self._closing, timeout=STOP_TIMEOUT_S)

    @property
    def is_healthy(self) -> bool:
        """Whether a publish has a chance: started, and the sender at work."""
        return self._producer is not None and sender_is_alive(self._producer)

    async def check(self) -> None:
        """For readiness: raises UnavailableError unless a broker answers now."""
        producer = self._require()
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                answered = await asyncio.shield(producer.client.force_metadata_update())
        except TimeoutError:
            answered = False
        if not answered:
            raise UnavailableError("Kafka does not answer")

    async def publish(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes,
        headers: SendHeaders = (),
        partition: int | None = None,
    ) -> RecordPlace:
        """Publish and wait for the acknowledgement of all replicas.

        Raises UnprocessableError when the record is too large, UnavailableError when no
        acknowledgement came in time: the record may still land, so repeat it with the same id.
        """
        (place,) = await self._publish(topic, [(key, value, headers)], partition)
        return place

    async def publish_all(self, topic: str, records: Sequence[Outgoing]) -> list[RecordPlace]:
        """Publish many (key, value, headers), in their order; returns when all are acknowledged.

        One deadline holds for all. Raises what `publish` raises; some may have landed.
        """
        return await self._publish(topic, records, None)

    async def _publish(
        self, topic: str, records: Sequence[Outgoing], partition: int | None
    ) -> list[RecordPlace]:
        _require_fitting(topic, records)
        producer = self._require()
        deadline_s = clock.monotonic_s() + self._publish_timeout_s
        try:
            with metrics.PUBLISHED.labels(topic=topic).time():
                async with asyncio.timeout(self._publish_timeout_s):
                    sent = [
                        await producer.send(topic, value, key, partition, headers=list(headers))
                        for key, value, headers in records
                    ]
                    outcomes: list[Any] = await asyncio.gather(*sent, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
        except (TimeoutError, KafkaTimeoutError, UnknownTopicOrPartitionError) as error:
            raise UnavailableError(f"no acknowledgement from {topic} in time") from error
        except KafkaError as error:
            await self._replace(producer, error, deadline_s)
            raise _refusal(topic, error) from error
        return [
            RecordPlace(partition=at.partition, offset=at.offset, timestamp_ms=at.timestamp or 0)
            for at in outcomes
        ]

    def _require(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise UnavailableError("the publisher is not started")
        return self._producer

    async def _connect(self) -> AIOKafkaProducer:
        producer = new_producer(self._bootstrap_servers, client_id=self._client_id)
        is_started = False
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await producer.start()
            is_started = True
        except (TimeoutError, KafkaError) as error:
            raise UnavailableError(f"Kafka does not answer: {type(error).__name__}") from error
        finally:
            # Also when the caller's own deadline cancelled the start.
            if not is_started:
                await close_producer(producer, flush_timeout_s=0)
        return producer

    async def _replace(self, broken: AIOKafkaProducer, why: KafkaError, deadline_s: float) -> None:
        """A failed batch leaves a hole in the producer's sequence numbers, after which the broker
        refuses everything from it: only a new producer, with a new identity, can go on.
        """
        async with self._replacing:
            if self._producer is not broken:
                return
            log.warning("publisher.replaced", error_type=type(why).__name__)
            with suppress(UnavailableError, TimeoutError):
                async with asyncio.timeout(max(0.0, deadline_s - clock.monotonic_s())):
                    self._producer = await self._connect()
                closing = asyncio.create_task(close_producer(broken, flush_timeout_s=1))
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)


def _refusal(topic: str, error: KafkaError) -> ServiceError:
    if isinstance(error, MessageSizeTooLargeError | RecordTooLargeError):
        return UnprocessableError(f"{topic} refuses the record: too large")
    return UnavailableError(f"{topic} did not take the record: {type(error).__name__}")


def _require_fitting(topic: str, records: Sequence[Outgoing]) -> None:
    for _key, value, _headers in records:
        if len(value) > VALUE_BYTES_MAX:
            raise UnprocessableError(
                f"record for {topic} has {len(value)} bytes, at most {VALUE_BYTES_MAX} are allowed"
            )
