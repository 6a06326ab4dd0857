"""What a response means where all channels agree: no answer, and the classes of HTTP status."""

from http import HTTPStatus
from math import isfinite

from libs.channels.channel import DeliveryResult
from libs.channels.transport import NoResponse, NoResponseReason
from libs.common.contracts.terms import DeliveryOutcome

RETRY_AFTER_S_MAX = 3_600.0
PROVIDER_MESSAGE_ID_LENGTH_MAX = 256


def sent(provider_message_id: str | None = None) -> DeliveryResult:
    """The provider took the reply."""
    known = (provider_message_id or "")[:PROVIDER_MESSAGE_ID_LENGTH_MAX] or None
    return DeliveryResult(outcome=DeliveryOutcome.SENT, provider_message_id=known)


def failed_for_good(detail: str) -> DeliveryResult:
    """The same request can't succeed later."""
    return DeliveryResult(outcome=DeliveryOutcome.FAILED, detail=detail)


def failed_for_now(detail: str, *, retry_after_s: float | None = None) -> DeliveryResult:
    """The same request may succeed later, at the soonest after `retry_after_s` (at most 1 h)."""
    wait_s = None
    if retry_after_s is not None and isfinite(retry_after_s):
        wait_s = min(max(retry_after_s, 0.0), RETRY_AFTER_S_MAX)
    return DeliveryResult(
        outcome=DeliveryOutcome.FAILED, is_retriable=True, retry_after_s=wait_s, detail=detail
    )


def unanswered(response: NoResponse) -> DeliveryResult:
    """No answer came. Retriable, though after a timeout the customer may get the reply twice."""
    match response.reason:
        case NoResponseReason.TIMEOUT:
            return failed_for_now("no answer in time")
        case NoResponseReason.CONNECTION_FAILED:
            return failed_for_now("no connection")


def foreign_response(kind: str) -> DeliveryResult:
    """The shell handed over a response of a kind that this channel never asks for."""
    return failed_for_good(f"a response of the wrong kind: {kind}")


def is_worth_retrying(status: int) -> bool:
    """Whether an HTTP status says that the provider, not the request, is in trouble."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
