"""Joins the outboxes, their lanes and what runs an errand: deliveries, webhooks and alerts."""

import asyncio
from collections.abc import Mapping, Sequence
from secrets import SystemRandom

from libs.channels.endpoints import Endpoint
from libs.common.contracts.terms import EndpointId
from libs.common.health import Health
from libs.common.mongo import Database
from services.notifier.alerts import Alerts
from services.notifier.apprise_transport import AppriseTransport
from services.notifier.contact_addresses import Addresses
from services.notifier.core.errands import Errand, Subscription
from services.notifier.deliveries import Deliveries
from services.notifier.disabled_webhooks import DISABLED_WEBHOOKS, StoredDisabledWebhooks
from services.notifier.lanes import Lanes, RunErrand
from services.notifier.outbox import Outbox
from services.notifier.outbox_documents import ALERTS, DELIVERIES, WEBHOOKS
from services.notifier.presence import EventPublisher
from services.notifier.settings import NotifierSettings
from services.notifier.transports import Transports
from services.notifier.webhooks import Webhooks


class ErrandRunners:
    """Everything that leaves for the outside on this replica."""

    def __init__(
        self,
        settings: NotifierSettings,
        *,
        database: Database,
        publisher: EventPublisher,
        endpoints: Mapping[EndpointId, Endpoint],
        subscriptions: Sequence[Subscription],
        addresses: Addresses,
        health: Health,
        topic: str,
    ) -> None:
        self._settings = settings
        self._health = health
        self._transports = Transports()
        draw = SystemRandom().random
        self._outboxes = {
            name: Outbox(database[name], lease_s=settings.errand_lease_s)
            for name in (DELIVERIES, WEBHOOKS, ALERTS)
        }
        deliveries = Deliveries(
            outbox=self._outboxes[DELIVERIES],
            endpoints=endpoints,
            transports=self._transports,
            publisher=publisher,
            policy=settings.delivery_policy,
            draw=draw,
            topic=topic,
        )
        webhooks = Webhooks(
            outbox=self._outboxes[WEBHOOKS],
            disabled=StoredDisabledWebhooks(database[DISABLED_WEBHOOKS]),
            subscriptions=subscriptions,
            transports=self._transports,
            policy=settings.webhook_policy,
            timeout_s=settings.webhook_timeout_s,
            draw=draw,
        )
        self._people = AppriseTransport(timeout_s=settings.alert_timeout_s)
        alerts = Alerts(
            outbox=self._outboxes[ALERTS],
            addresses=addresses,
            transport=self._people,
            policy=settings.alert_policy,
            draw=draw,
        )
        self._deliveries = self._lanes(DELIVERIES, deliveries.run)
        self._webhooks = self._lanes(WEBHOOKS, webhooks.run)
        self._alerts = self._lanes(ALERTS, alerts.run)

    def _lanes(self, name: str, run: RunErrand) -> Lanes:
        return Lanes(
            name,
            errands=self._outboxes[name],
            run=run,
            health=self._health,
            per_lane_max=self._settings.errands_per_lane_max,
            poll_s=self._settings.errand_poll_interval_s,
        )

    async def prepare(self) -> None:
        """Create the indexes. Raises UnavailableError."""
        for outbox in self._outboxes.values():
            await outbox.prepare()

    def start(self) -> None:
        """Begin to look for due errands."""
        self._deliveries.start()
        self._webhooks.start()
        self._alerts.start()

    async def stop(self) -> None:
        """Take nothing more and let what runs finish, within 10 s."""
        await asyncio.gather(self._deliveries.stop(), self._webhooks.stop(), self._alerts.stop())

    async def close(self) -> None:
        """Close the connections to the outside."""
        self._people.close()
        await self._transports.stop()

    def wake_deliveries(self, errands: Sequence[Errand]) -> None:
        """These replies have just been stored."""
        for lane in {errand.lane for errand in errands}:
            self._deliveries.wake(lane)

    def wake_webhooks(self, errands: Sequence[Errand]) -> None:
        """These webhooks have just been stored."""
        for lane in {errand.lane for errand in errands}:
            self._webhooks.wake(lane)

    def wake_alerts(self, errands: Sequence[Errand]) -> None:
        """These alerts have just been stored."""
        for lane in {errand.lane for errand in errands}:
            self._alerts.wake(lane)
