"""What people see of the router: spans of decided events, metrics, and log lines of epochs."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from libs.common import clock
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.wire import Event
from libs.common.metrics import (
    ROUTER_DECIDE,
    ROUTER_DECIDED,
    ROUTER_DECISIONS,
    ROUTER_EPOCHS_ENDED,
    ROUTER_EVENT_AGE,
    ROUTER_OWNED,
    ROUTER_PIPELINE,
    ROUTER_SAVED_AT,
    ROUTER_STOPPED,
)
from libs.common.telemetry import Attribute, SpanKind, SpanName, span
from services.router.core.ownership_effects import End, EndReason, PublishRecord

# Reasons that belong to ordinary life: a rollout, a rebalance, an epoch's planned end.
_EXPECTED = {EndReason.STOPPED, EndReason.REVOKED, EndReason.EPOCH_EXPIRED, EndReason.SUPERSEDED}

log = structlog.get_logger(__name__)


@contextmanager
def decide_span(event: Event) -> Iterator[str | None]:
    """The span of one sampled event; its context travels on in the record."""
    attributes = {
        Attribute.TENANT_ID: event.tenant_id,
        Attribute.DESK_ID: event.desk_id,
        Attribute.EVENT_ID: event.id,
        Attribute.EVENT_TYPE: event.type,
    }
    with span(
        SpanName.ROUTER_DECIDE,
        traceparent=event.traceparent,
        kind=SpanKind.CONSUMER,
        attributes=attributes,
    ) as traceparent:
        yield traceparent


def epoch_started(partition: int, *, epoch: int) -> None:
    """This replica decides for the partition from now on."""
    ROUTER_OWNED.labels(partition).set(1)
    ROUTER_STOPPED.labels(partition).set(0)
    log.info("epoch.started", partition=partition, epoch=epoch)


def epoch_ended(partition: int, end: End) -> None:
    """It no longer does, and why; what needs a person is an error that says so."""
    ROUTER_OWNED.labels(partition).set(0)
    ROUTER_PIPELINE.labels(partition).set(0)
    ROUTER_EPOCHS_ENDED.labels(end.reason).inc()
    fields = {
        "partition": partition,
        "reason": end.reason.value,
        "event_offset": end.event_offset,
        "error_type": type(end.cause).__name__ if end.cause is not None else None,
    }
    if end.is_paging:
        ROUTER_STOPPED.labels(partition).set(1)
        log.critical("partition.stopped", exc_info=end.cause, **fields)
    elif end.reason in _EXPECTED:
        log.info("epoch.ended", **fields)
    else:
        log.warning("epoch.ended", exc_info=end.cause, **fields)


def published(partition: int, effect: PublishRecord) -> None:
    """A decided event's record was acknowledged."""
    if not isinstance(effect.record, DecisionRecord):
        return
    age_s = max(0, clock.now_ms() - effect.appended_at_ms) / 1_000
    ROUTER_DECIDED.labels(partition).inc()
    ROUTER_EVENT_AGE.labels(partition).set(age_s)
    ROUTER_DECIDE.observe(age_s)
    for decision in effect.record.decisions:
        ROUTER_DECISIONS.labels(decision.type).inc()


def saved(partition: int) -> None:
    """A save was stored."""
    ROUTER_SAVED_AT.labels(partition).set(clock.now_ms() / 1000)
