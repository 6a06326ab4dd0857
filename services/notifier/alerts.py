"""Tells contacts: one attempt after the other until one is taken, or there were enough."""

from collections.abc import Callable

import structlog

from libs.common import metrics, telemetry
from libs.common.contracts.terms import DeliveryOutcome
from libs.common.telemetry import Attribute, SpanKind, SpanName
from services.notifier.apprise_transport import BringsMessages
from services.notifier.contact_addresses import Addresses
from services.notifier.core.alerts import read_message
from services.notifier.core.outcomes import Again, Certain
from services.notifier.core.retries import RetryPolicy
from services.notifier.outbox import LEASES_MAX, ErrandLedger, ErrandState, LeasedErrand

log = structlog.get_logger(__name__)


class Alerts:
    """Runs one alert's errand. A crash between sending and storing sends it again."""

    def __init__(
        self,
        *,
        outbox: ErrandLedger,
        addresses: Addresses,
        transport: BringsMessages,
        policy: RetryPolicy,
        draw: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._addresses = addresses
        self._transport = transport
        self._policy = policy
        self._draw = draw

    async def run(self, leased: LeasedErrand) -> None:
        """One attempt. Raises UnavailableError: it is due again when its lease ends."""
        way = leased.errand.lane.rpartition("/")[2]
        follows = await self._attempt(leased)
        if isinstance(follows, Again):
            metrics.ALERT_ATTEMPTS.labels(way=way, outcome="retried").inc()
            await self._outbox.postpone(leased, wait_s=follows.wait_s, detail=follows.detail)
            return
        metrics.ALERT_ATTEMPTS.labels(way=way, outcome=follows.outcome.value).inc()
        is_told = follows.outcome is DeliveryOutcome.DELIVERED
        state = ErrandState.DONE if is_told else ErrandState.FAILED
        await self._outbox.finish(leased, state=state, detail=follows.detail)
        tell = log.info if is_told else log.warning
        tell(
            "alert.finished",
            contact=leased.errand.lane,
            outcome=follows.outcome.value,
            attempt=leased.attempts + 1,
            detail=follows.detail,
        )

    async def _attempt(self, leased: LeasedErrand) -> Certain | Again:
        address = self._addresses.get(leased.errand.lane)
        if address is None:
            return Certain(DeliveryOutcome.FAILED, detail="the contact has no such address")
        if leased.leases > LEASES_MAX:
            return Certain(DeliveryOutcome.FAILED, detail="tried too often without an outcome")
        with telemetry.span(
            SpanName.NOTIFIER_CONTACT,
            traceparent=leased.errand.traceparent,
            kind=SpanKind.CLIENT,
            attributes={Attribute.TENANT_ID: leased.errand.tenant_id},
        ):
            is_taken = await self._transport.send(address, read_message(leased.errand.content))
        if is_taken:
            return Certain(DeliveryOutcome.DELIVERED)
        wait_s = self._policy.wait_s(leased.attempts + 1, fraction=self._draw())
        detail = "not reached, or not taken"
        if wait_s is None:
            return Certain(DeliveryOutcome.FAILED, detail=detail)
        return Again(wait_s, detail)
