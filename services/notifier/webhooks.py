"""Tells other systems, signed as the Standard Webhooks specification says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog
from standardwebhooks import Webhook

from libs.channels.transport import HttpRequest
from libs.common import clock, metrics, telemetry
from libs.common.contracts.terms import DeliveryOutcome
from libs.common.telemetry import Attribute, SpanKind, SpanName
from services.notifier.core.errands import Subscription
from services.notifier.core.outcomes import Again, Certain, after_webhook
from services.notifier.core.retries import RetryPolicy
from services.notifier.outbox import LEASES_MAX, ErrandLedger, ErrandState, LeasedErrand
from services.notifier.transports import CarriesOut

log = structlog.get_logger(__name__)


class DisabledWebhooks(Protocol):
    """Remembers whom not to tell any more."""

    async def has(self, webhook_id: str) -> bool:
        """Whether this webhook is disabled."""

    async def add(self, webhook_id: str, *, tenant_id: str) -> None:
        """Disable this webhook."""


class Webhooks:
    """Runs one webhook's errand. A target that answers 410 is told nothing any more."""

    def __init__(
        self,
        *,
        outbox: ErrandLedger,
        disabled: DisabledWebhooks,
        subscriptions: Sequence[Subscription],
        transports: CarriesOut,
        policy: RetryPolicy,
        timeout_s: float,
        draw: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._disabled = disabled
        self._subscriptions: Mapping[str, Subscription] = {
            subscription.webhook_id: subscription for subscription in subscriptions
        }
        self._transports = transports
        self._policy = policy
        self._timeout_s = timeout_s
        self._draw = draw

    async def run(self, leased: LeasedErrand) -> None:
        """One attempt. Raises UnavailableError: it is due again when its lease ends."""
        subscription = self._subscriptions.get(leased.errand.lane)
        follows = await self._attempt(leased, subscription)
        if isinstance(follows, Again):
            metrics.WEBHOOK_ATTEMPTS.labels(outcome="retried").inc()
            await self._outbox.postpone(leased, wait_s=follows.wait_s, detail=follows.detail)
            return
        if follows.is_refused_for_good:
            log.warning("webhook.disabled", webhook_id=leased.errand.lane)
            await self._disabled.add(leased.errand.lane, tenant_id=leased.errand.tenant_id)
        metrics.WEBHOOK_ATTEMPTS.labels(outcome=follows.outcome.value).inc()
        is_told = follows.outcome is DeliveryOutcome.DELIVERED
        state = ErrandState.DONE if is_told else ErrandState.FAILED
        await self._outbox.finish(leased, state=state, detail=follows.detail)
        log.info(
            "webhook.finished",
            webhook_id=leased.errand.lane,
            outcome=follows.outcome.value,
            attempt=leased.attempts + 1,
        )

    async def _attempt(
        self, leased: LeasedErrand, subscription: Subscription | None
    ) -> Certain | Again:
        if subscription is None or subscription.tenant_id != leased.errand.tenant_id:
            return Certain(DeliveryOutcome.FAILED, detail="the webhook is not configured")
        if leased.leases > LEASES_MAX:
            return Certain(DeliveryOutcome.FAILED, detail="tried too often without an outcome")
        if await self._disabled.has(subscription.webhook_id):
            return Certain(DeliveryOutcome.FAILED, detail="the webhook is disabled")
        with telemetry.span(
            SpanName.NOTIFIER_ALERT,
            traceparent=leased.errand.traceparent,
            kind=SpanKind.CLIENT,
            attributes={Attribute.TENANT_ID: leased.errand.tenant_id},
        ) as traceparent:
            response = await self._transports.carry_out(
                signed(leased, subscription, timeout_s=self._timeout_s, traceparent=traceparent)
            )
        return after_webhook(
            response,
            self._policy,
            attempts=leased.attempts + 1,
            fraction=self._draw(),
            now_ms=clock.now_ms(),
        )


def signed(
    leased: LeasedErrand,
    subscription: Subscription,
    *,
    timeout_s: float,
    traceparent: str | None,
) -> HttpRequest:
    """The request with one signature per secret, so that a rotation breaks no receiver."""
    message_id = leased.errand.id.rpartition("/")[0]
    now = clock.now()
    content = leased.errand.content
    signatures = [
        Webhook(secret).sign(msg_id=message_id, timestamp=now, data=content)
        for secret in subscription.secrets
    ]
    headers = {
        "content-type": "application/json",
        "user-agent": "switchboard-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    if traceparent:
        headers["traceparent"] = traceparent
    return HttpRequest(
        name="webhook",
        method="POST",
        url=subscription.url,
        headers=headers,
        body=content.encode(),
        timeout_s=timeout_s,
    )
