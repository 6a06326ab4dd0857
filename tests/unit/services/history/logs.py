"""Handmade records of both topics for the tests of history."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.events import CustomerEventRecorded
from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    LogRecord,
    encode_record,
    headers_of,
)
from libs.common.contracts.terms import AddressFamily
from libs.common.contracts.topics import CUSTOMER_EVENTS, ROUTING_DECISIONS
from libs.common.contracts.wire import encode_event
from libs.common.kafka_records import Record
from tests.unit.services.history.builders import ANN, START_MS, TENANT


def decided(number: int, *made: AnyDecision, epoch: int = 0) -> DecisionRecord:
    """The record of event number `number` (from 1)."""
    return DecisionRecord(
        epoch=epoch,
        number=number,
        event_offset=number - 1,
        event_id=f"evt-{number}",
        event_type="switchboard.event.message-received.v1",
        now_ms=START_MS + number,
        decisions=made,
    )


def epoch(nonce: str = "n") -> EpochStarted:
    """A takeover."""
    return EpochStarted(nonce=nonce, owner="router-0", engine_version="1", prior_epoch=-1)


def log_of(*records: LogRecord, topic: str = ROUTING_DECISIONS) -> list[Record]:
    """These records at offsets 0, 1 ... of partition 0."""
    return [
        Record(
            topic=topic,
            partition=0,
            offset=offset,
            key=b"acme/support",
            value=encode_record(record),
            headers=tuple(headers_of(record)),
            timestamp_ms=START_MS + offset,
        )
        for offset, record in enumerate(records)
    ]


def log_of_decisions(steps: Sequence[Sequence[AnyDecision]]) -> list[Record]:
    """An epoch's start and then one record per step."""
    return log_of(epoch(), *(decided(n, *made) for n, made in enumerate(steps, start=1)))


def order_event(
    event_id: str = "order-1",
    *,
    tenant_id: str = TENANT,
    attributes: dict[str, JsonValue] | None = None,
) -> bytes:
    """Ann ordered something."""
    data = CustomerEventRecorded(
        kind="order",
        family=AddressFamily.TELEGRAM,
        address="1001",
        contact_point_id=ANN,
        summary="two books",
        attributes={"total": 42} if attributes is None else attributes,
    )
    return encode_event(
        data,
        event_id=event_id,
        source="shop",
        time=datetime.fromtimestamp(START_MS / 1000, UTC),
        tenant_id=tenant_id,
    )


def customer_record(value: bytes | None, offset: int = 0) -> Record:
    """That event as a record of its topic."""
    return Record(
        topic=CUSTOMER_EVENTS,
        partition=0,
        offset=offset,
        key=None,
        value=value,
        timestamp_ms=START_MS + offset,
    )
