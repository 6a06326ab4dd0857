"""Joins the notifier's real parts, and starts and stops them in order."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import FastAPI

from libs.channels.endpoints import Endpoint, load_endpoints
from libs.common import mongo
from libs.common.contracts.terms import EndpointId
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS, TOPICS
from libs.common.credentials import Authenticator
from libs.common.health import Health
from libs.common.http import build_api
from libs.common.kafka import Publisher
from libs.common.kafka_consumers import BatchConsumer
from libs.common.kafka_tail import end_offsets
from libs.common.kafka_topics import check_topics
from services.notifier.close_codes import SERVICE_RESTART
from services.notifier.consumer import GROUP_ID, CopyWriter, build_consumer
from services.notifier.contact_addresses import Addresses, load_addresses
from services.notifier.core.errands import Subscription
from services.notifier.customer_stream import add_customer_stream
from services.notifier.desk_stream import add_desk_stream
from services.notifier.durable_copy import DurableCopy
from services.notifier.errand_runners import ErrandRunners
from services.notifier.hub import Hub
from services.notifier.live import LiveReader, kafka_tail
from services.notifier.open_connections import OpenConnections
from services.notifier.presence import Presence
from services.notifier.settings import NotifierSettings
from services.notifier.streaming import StreamLimits
from services.notifier.streams import Streams
from services.notifier.subscriptions import load_subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNames:
    """The topics and the group; tests use names of their own."""

    events: str = ROUTING_EVENTS
    decisions: str = ROUTING_DECISIONS
    group_id: str = GROUP_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What the files say: our addresses, who wants webhooks, where people are reached, and how
    credentials are verified.
    """

    endpoints: Mapping[EndpointId, Endpoint]
    subscriptions: Sequence[Subscription]
    authenticator: Authenticator
    addresses: Addresses = field(default_factory=dict)

    @classmethod
    def load(cls, settings: NotifierSettings) -> "Configured":
        """Read the files. Raises InvalidInputError that names what is wrong in which."""
        return cls(
            endpoints=load_endpoints(settings.endpoints_file.read_text(encoding="utf-8")),
            subscriptions=load_subscriptions(
                settings.webhooks_file, allow_plain_http=settings.allow_plain_http_targets
            ),
            authenticator=Authenticator.from_settings(settings),
            addresses=load_addresses(
                settings.contacts_file, allow_plain=settings.allow_plain_http_targets
            ),
        )


def create_app(settings: NotifierSettings, *, configured: Configured | None = None) -> FastAPI:
    """The notifier's HTTP side with its parts not started: making it touches no network, and no
    file when `configured` is given.
    """
    return Notifier(settings, configured=configured or Configured.load(settings)).api


class Notifier:
    """One replica. `start`, then `drain` and `stop`, each once."""

    def __init__(
        self,
        settings: NotifierSettings,
        *,
        configured: Configured,
        health: Health | None = None,
        names: LogNames | None = None,
    ) -> None:
        # At its debug level this library logs what it sends, and that is what people wrote.
        logging.getLogger("sse_starlette").setLevel(logging.INFO)
        self._settings = settings
        self._names = names or LogNames()
        self._configured = configured
        self.health = health or Health()
        self._database = mongo.connect(settings.mongodb_uri, settings.mongodb_database)
        self._publisher = Publisher(settings.kafka_bootstrap_servers, client_id="notifier")
        self._copy = DurableCopy(self._database, retention_ms=settings.notification_retention_ms)
        self._running: set[asyncio.Task[None]] = set()
        self.streams = self._join_streams()
        self._runners = ErrandRunners(
            settings,
            database=self._database,
            publisher=self._publisher,
            endpoints=configured.endpoints,
            subscriptions=configured.subscriptions,
            addresses=configured.addresses,
            health=self.health,
            topic=self._names.events,
        )
        self._live = LiveReader(
            self.streams.hub,
            follow=kafka_tail(settings.kafka_bootstrap_servers, self._names.decisions),
            observe=self.streams.connections.observe,
            health=self.health,
        )
        self._consumer = self._join_consumer()
        self.api = self._join_api()

    def _join_streams(self) -> Streams:
        settings = self._settings
        return Streams(
            hub=Hub(
                queue_max=settings.stream_queue_messages_max,
                recent_max=settings.stream_recent_messages_max,
            ),
            copy=self._copy,
            presence=Presence(
                self._publisher,
                replica_id=settings.replica_id,
                partitions=settings.kafka_partitions,
                alive_interval_s=settings.notifier_alive_interval_s,
                topic=self._names.events,
            ),
            connections=OpenConnections(),
            limits=StreamLimits(
                heartbeat_s=settings.stream_heartbeat_s,
                send_timeout_s=settings.stream_send_timeout_s,
                join_timeout_s=settings.stream_join_timeout_s,
            ),
            partitions=settings.kafka_partitions,
            streams_max=settings.streams_max,
        )

    def _join_consumer(self) -> BatchConsumer:
        writer = CopyWriter(
            self._copy,
            subscriptions=self._configured.subscriptions,
            wake_deliveries=self._runners.wake_deliveries,
            wake_webhooks=self._runners.wake_webhooks,
            wake_alerts=self._runners.wake_alerts,
        )
        return build_consumer(
            writer,
            bootstrap_servers=self._settings.kafka_bootstrap_servers,
            publisher=self._publisher,
            health=self.health,
            topic=self._names.decisions,
            group_id=self._names.group_id,
            group_instance_id=self._settings.notifier_group_instance_id,
        )

    def _join_api(self) -> FastAPI:
        async def mongodb_answers() -> None:
            await mongo.check(self._database)

        self.health.add_check("group", self._consumer.check)
        self.health.add_check("live", self._live.check)
        self.health.add_check("mongodb", mongodb_answers)
        api = build_api("Switchboard notifier", self.health)
        api.state.authenticator = self._configured.authenticator
        add_desk_stream(api, self.streams)
        add_customer_stream(api, self.streams, self._configured.endpoints)
        return api

    async def start(self) -> None:
        """Connect everything. Raises a ServiceError that says what is missing."""
        servers, partitions = (
            self._settings.kafka_bootstrap_servers,
            self._settings.kafka_partitions,
        )
        ours = {self._names.events, self._names.decisions}
        await check_topics(
            servers,
            partitions=partitions,
            topics=[topic for topic in TOPICS if topic.name in ours],
        )
        await self._copy.prepare()
        await self._runners.prepare()
        await self._publisher.start()
        ends = await end_offsets(servers, self._names.decisions, partitions=partitions)
        await self._live.begin(self._copy, ends)
        self._keep("live reading", self._live.run())
        self._keep("disconnects", self.streams.presence.tell_disconnects())
        self._keep("liveness", self.streams.presence.stay_alive())
        self._runners.start()
        await self._consumer.start()

    async def drain(self) -> None:
        """End the streams, finish the batch and the errands at hand, take nothing new."""
        self.streams.hub.close_all(SERVICE_RESTART)
        await asyncio.gather(self._consumer.stop(), self._runners.stop())

    async def stop(self) -> None:
        """Tell the last disconnects, flush and let go of all connections."""
        await self.streams.presence.flush()
        for running in self._running:
            running.cancel()
        if self._running:
            await asyncio.wait(self._running)
        await self._publisher.stop()
        await self._runners.close()
        await self._configured.authenticator.stop()
        mongo.close(self._database)

    def _keep(self, what: str, work: Coroutine[None, None, None]) -> None:
        """Run it beside everything else; if it breaks, the process has to leave."""
        running = asyncio.create_task(work)
        self._running.add(running)

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled():
                error = task.exception()
                self.health.fail(f"{what} ended: {type(error).__name__}")

        running.add_done_callback(ended)
