"""Takes events to Kafka: returns only once every one of them is acknowledged."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from libs.common.contracts.envelope import CONTENT_TYPE
from libs.common.contracts.topics import ROUTING_SPILLED
from libs.common.errors import ServiceError, UnavailableError
from libs.common.kafka_records import RecordPlace, SendHeaders
from libs.common.metrics import INGEST_ACCEPTED, INGEST_IN_FLIGHT, SPILLED
from libs.common.telemetry import Attribute, SpanName, start_trace
from services.ingest.core.outgoing import OutgoingEvent
from services.ingest.core.spilled import SPILL_REASON
from services.ingest.flood_gate import FloodGate, SpillReason

HEADER_CONTENT_TYPE = ("content-type", CONTENT_TYPE.encode())

log = structlog.get_logger(__name__)


class RecordPublisher(Protocol):
    """What ingest needs of Kafka; `libs.common.kafka.Publisher` is the real one."""

    async def publish(
        self, topic: str, *, key: bytes | None, value: bytes, headers: SendHeaders = ()
    ) -> RecordPlace:
        """Publish and wait for the acknowledgement of all replicas.

        Raises UnprocessableError when too large, UnavailableError without acknowledgement in time.
        """

    async def check(self) -> None:
        """Raises UnavailableError unless a broker answers now."""


class EventPublisher:
    """Publishes events as one trace per request. At most `in_flight_max` wait at any time.

    What a flooded desk sends goes to the spill instead of the events: acknowledged alike.
    """

    def __init__(self, records: RecordPublisher, *, gate: FloodGate, in_flight_max: int) -> None:
        self._records = records
        self._gate = gate
        self._in_flight_max = in_flight_max
        self._in_flight = 0

    async def accept(
        self, events: Sequence[OutgoingEvent], *, door: str, caller_trace: str | None = None
    ) -> None:
        """Publish all events; a request without events passes. `door` is a bounded label.

        Raises UnavailableError when one was not acknowledged in time or too many wait already, here
        or in the spill,
        UnprocessableError when one is too large. Others may have landed: the request as a whole
        may be repeated, since every id derives from the request.
        """
        if not events:
            return
        if self._in_flight + len(events) > self._in_flight_max:
            raise UnavailableError("too many events wait for Kafka")
        self._count(len(events))
        try:
            first = events[0]
            attributes = {
                Attribute.TENANT_ID: first.tenant_id,
                Attribute.DESK_ID: first.desk_id,
                Attribute.CHANNEL: door,
                Attribute.EVENT_ID: first.event_id,
                Attribute.EVENT_TYPE: first.data.type,
            }
            with start_trace(
                SpanName.INGEST_RECEIVE, traceparent=caller_trace, attributes=attributes
            ) as traceparent:
                await self._publish_all(events, traceparent)
        finally:
            self._count(-len(events))
        INGEST_ACCEPTED.labels(door).inc(len(events))

    async def _publish_all(self, events: Sequence[OutgoingEvent], traceparent: str | None) -> None:
        # Everything is encoded before anything is sent: a mistake must not leave half a batch.
        encoded = [(event, event.encode(traceparent)) for event in events]
        async with self._gate.passing(events) as reasons:
            if len(encoded) == 1:
                await self._publish_one(*encoded[0], traceparent, reasons)
                return
            # Not a task group: the first failure must not cancel sends that are under way.
            outcomes = await asyncio.gather(
                *(self._publish_one(*one, traceparent, reasons) for one in encoded),
                return_exceptions=True,
            )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _publish_one(
        self,
        event: OutgoingEvent,
        value: bytes,
        traceparent: str | None,
        reasons: Mapping[bytes, SpillReason],
    ) -> None:
        reason = reasons.get(event.key) if event.may_be_spilled else None
        topic = event.topic if reason is None else ROUTING_SPILLED
        headers = [HEADER_CONTENT_TYPE]
        if traceparent is not None:
            headers.append(("traceparent", traceparent.encode()))
        if reason is not None:
            headers.append((SPILL_REASON, reason.encode()))
        try:
            await self._records.publish(topic, key=event.key, value=value, headers=headers)
        except ServiceError as error:
            log.warning(
                "event.not_published",
                event_id=event.event_id,
                event_type=event.data.type,
                tenant_id=event.tenant_id,
                error_type=type(error).__name__,
            )
            raise
        if reason is not None:
            SPILLED.labels(reason.value).inc()

    def _count(self, change: int) -> None:
        self._in_flight += change
        INGEST_IN_FLIGHT.set(self._in_flight)
