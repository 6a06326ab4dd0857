"""What people see of the router: spans of decided events, metrics, and log lines of epochs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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


def owner_failed(error: BaseException) -> None:
    """A bug of ours, or what nobody foresaw: the process will restart, and somebody should look."""
    log.error("partition.owner_failed", code=getattr(error, "code", None), exc_info=error)


def published(partition: int, effects: Sequence[PublishRecord]) -> None:
    """Records were acknowledged. Counted together: a metric takes longer than a comparison."""
    decided = [one for one in effects if isinstance(one.record, DecisionRecord)]
    if not decided:
        return
    now_ms = clock.now_ms()
    ROUTER_DECIDED.labels(partition).inc(len(decided))
    ROUTER_EVENT_AGE.labels(partition).set(_age_s(decided[-1], now_ms))
    for effect in decided:
        ROUTER_DECIDE.observe(_age_s(effect, now_ms))
    types = Counter(_types(decided))
    for name, count in types.items():
        ROUTER_DECISIONS.labels(name).inc(count)


def _age_s(effect: PublishRecord, now_ms: int) -> float:
    return max(0, now_ms - effect.appended_at_ms) / 1_000


def _types(effects: Iterable[PublishRecord]) -> Iterator[str]:
    for effect in effects:
        if isinstance(effect.record, DecisionRecord):
            yield from (decision.type for decision in effect.record.decisions)


def saved(partition: int) -> None:
    """A save was stored."""
    ROUTER_SAVED_AT.labels(partition).set(clock.now_ms() / 1000)
