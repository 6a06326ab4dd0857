"""Tests of what follows from an attempt."""

import pytest

from libs.channels.channel import DeliveryResult
from libs.channels.transport import (
    HttpResponse,
    MailResponse,
    NoResponse,
    NoResponseReason,
    TransportResponse,
)
from libs.common.contracts.terms import DeliveryOutcome
from services.notifier.core.outcomes import Again, Certain, after_attempt, after_webhook
from services.notifier.core.retries import RetryPolicy

POLICY = RetryPolicy(base_s=2, cap_s=30, attempts_max=3)


def http(status: int, **headers: str) -> HttpResponse:
    """An answer with this status."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpResponse(status=status, headers=named, body=b"")


def test_sent_is_certain() -> None:
    """A reply that the provider took is not sent again."""
    result = DeliveryResult(outcome=DeliveryOutcome.SENT, provider_message_id="77")

    follows = after_attempt(result, POLICY, attempts=1, fraction=0.5)

    assert follows == Certain(DeliveryOutcome.SENT, "77")


def test_retriable_failure_is_tried_again_until_the_end() -> None:
    """A provider in trouble gets further attempts, and then the failure stands."""
    result = DeliveryResult(
        outcome=DeliveryOutcome.FAILED, is_retriable=True, retry_after_s=9, detail="status 429"
    )

    assert after_attempt(result, POLICY, attempts=1, fraction=0.5) == Again(9, "status 429")
    assert after_attempt(result, POLICY, attempts=3, fraction=0.5) == Certain(
        DeliveryOutcome.FAILED, detail="status 429"
    )


def test_failure_for_good_is_not_tried_again() -> None:
    """A refusal by the provider stands at once."""
    result = DeliveryResult(outcome=DeliveryOutcome.FAILED, detail="status 403")

    assert isinstance(after_attempt(result, POLICY, attempts=1, fraction=0.5), Certain)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (http(204), Certain(DeliveryOutcome.DELIVERED)),
        (http(302), Again(1.0, "status 302")),
        (http(503, retry_after="20"), Again(20.0, "status 503")),
        (
            http(410),
            Certain(DeliveryOutcome.FAILED, detail="status 410", is_refused_for_good=True),
        ),
        (NoResponse(NoResponseReason.TIMEOUT), Again(1.0, "timeout")),
        (
            MailResponse(code=250),
            Certain(DeliveryOutcome.FAILED, detail="a response of the wrong kind"),
        ),
    ],
)
def test_webhooks_follow_the_specification(
    response: TransportResponse, expected: Certain | Again
) -> None:
    """2xx ends well, 410 ends the subscription, everything else is tried again."""
    assert after_webhook(response, POLICY, attempts=1, fraction=0.5, now_ms=0) == expected


def test_webhook_is_given_up_after_its_last_attempt() -> None:
    """The failure is kept with its reason."""
    follows = after_webhook(http(500), POLICY, attempts=3, fraction=0.5, now_ms=0)

    assert follows == Certain(DeliveryOutcome.FAILED, detail="status 500")
