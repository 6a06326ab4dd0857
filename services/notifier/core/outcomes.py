"""What follows from an attempt: done, given up, or another try after a wait."""

from dataclasses import dataclass

from libs.channels.channel import DeliveryResult
from libs.channels.transport import HttpResponse, NoResponse, TransportResponse
from libs.common.contracts.terms import DeliveryOutcome
from services.notifier.core.retries import RetryPolicy, read_retry_after

_HTTP_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Certain:
    """No further attempt: the outcome stands. `is_refused_for_good`: nor for later ones."""

    outcome: DeliveryOutcome
    provider_message_id: str | None = None
    detail: str = ""
    is_refused_for_good: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt, after so many seconds."""

    wait_s: float
    detail: str


def after_attempt(
    result: DeliveryResult, policy: RetryPolicy, *, attempts: int, fraction: float
) -> Certain | Again:
    """What follows when so many attempts, this one included, were made at a delivery."""
    if result.outcome is DeliveryOutcome.FAILED and result.is_retriable:
        wait_s = policy.wait_s(attempts, fraction=fraction, retry_after_s=result.retry_after_s)
        if wait_s is not None:
            return Again(wait_s, result.detail)
    return Certain(result.outcome, result.provider_message_id, result.detail)


def after_webhook(
    response: TransportResponse,
    policy: RetryPolicy,
    *,
    attempts: int,
    fraction: float,
    now_ms: int,
) -> Certain | Again:
    """What follows by the rules of Standard Webhooks: 2xx is success, 410 ends the subscription,
    everything else, redirects too, is tried again.
    """
    match response:
        case HttpResponse(status=status) if status in _HTTP_SUCCESS:
            return Certain(DeliveryOutcome.DELIVERED)
        case HttpResponse(status=410):
            return Certain(DeliveryOutcome.FAILED, detail="status 410", is_refused_for_good=True)
        case HttpResponse(status=status, headers=headers):
            detail = f"status {status}"
            wished_s = read_retry_after(headers.get("retry-after"), now_ms=now_ms)
        case NoResponse(reason=reason):
            detail, wished_s = reason.value, None
        case _:
            return Certain(DeliveryOutcome.FAILED, detail="a response of the wrong kind")
    wait_s = policy.wait_s(attempts, fraction=fraction, retry_after_s=wished_s)
    if wait_s is None:
        return Certain(DeliveryOutcome.FAILED, detail=detail)
    return Again(wait_s, detail)
