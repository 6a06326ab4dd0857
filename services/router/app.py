"""The one place where the router's real parts are joined."""

import asyncio

from fastapi import FastAPI

from libs.common import mongo
from libs.common.contracts.topics import (
    ROUTING_DECISIONS,
    ROUTING_EVENTS,
    TOPICS,
    dead_letter_topic,
)
from libs.common.credentials import Authenticator
from libs.common.health import Health
from libs.common.http import build_api, serve
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_topics import check_topics
from services.router import time_api
from services.router.api import router
from services.router.collector import PlannedCollector
from services.router.dead_letters import DeadLetterSender
from services.router.inquiries import Inquiries, InquiryLimits
from services.router.openapi import describe
from services.router.partitions import Partitions, takeover_factory
from services.router.saves import SaveStore
from services.router.settings import RouterSettings
from services.router.takeover import Surroundings

TOPICS_NEEDED = {ROUTING_EVENTS, ROUTING_DECISIONS, dead_letter_topic(ROUTING_EVENTS)}


def create_app(
    *, inquiries: Inquiries, authenticator: Authenticator, health: Health | None = None
) -> FastAPI:
    """The HTTP side over any saves; nothing is connected here, so fakes will do."""
    app = build_api("Switchboard router", health or Health())
    app.state.inquiries = inquiries
    app.state.authenticator = authenticator
    app.include_router(router)
    app.include_router(time_api.router)
    describe(app)
    return app


class RouterService:
    """All parts of one replica."""

    def __init__(self, settings: RouterSettings) -> None:
        self._settings = settings
        self.health = Health()
        self._database = mongo.connect(settings.mongodb_uri, settings.mongodb_database)
        servers = settings.kafka_bootstrap_servers
        self._publisher = Publisher(servers, client_id="router")
        saves = SaveStore(self._database)
        self._collector = PlannedCollector()
        self._collecting: asyncio.Task[None] | None = None
        self._inquiries = Inquiries(saves, InquiryLimits.of(settings))
        self._authenticator = Authenticator.from_settings(settings)
        self.api = create_app(
            inquiries=self._inquiries, authenticator=self._authenticator, health=self.health
        )
        surroundings = Surroundings(
            bootstrap_servers=servers,
            events=LogConsumer(
                servers,
                ROUTING_EVENTS,
                group_id=settings.router_group_id,
                group_instance_id=settings.replica_id,
                client_id=f"router-{settings.replica_id}",
                session_timeout_ms=int(settings.router_session_timeout_s * 1000),
            ),
            publisher=self._publisher,
            saves=saves,
            dead_letters=DeadLetterSender(servers, self._publisher),
            collector=self._collector,
        )
        self._partitions = Partitions(
            new_takeover=takeover_factory(owner=settings.replica_id, limits=settings.limits()),
            surroundings=surroundings,
            on_failure=self.health.fail,
        )
        self.health.add_check("mongodb", lambda: mongo.check(self._database))
        self.health.add_check("partitions", self._partitions.check)

    async def start(self) -> None:
        """Connect, check the topics and join the group.

        Raises UnavailableError when a server does not answer, TopicMismatchError when a topic is
        not as the platform needs it.
        """
        self._collector.begin()
        self._collecting = asyncio.create_task(self._collector.keep())
        self._collecting.add_done_callback(self._collecting_ended)
        await check_topics(
            self._settings.kafka_bootstrap_servers,
            partitions=self._settings.kafka_partitions,
            topics=[topic for topic in TOPICS if topic.name in TOPICS_NEEDED],
        )
        await self._publisher.start()
        await self._partitions.start()

    async def drain(self) -> None:
        """Decide nothing more; read back and save what was decided."""
        await self._partitions.stop()

    async def stop(self) -> None:
        """Disconnect from everything."""
        if self._collecting is not None:
            self._collecting.cancel()
        self._inquiries.stop()
        await self._authenticator.stop()
        await self._publisher.stop()
        mongo.close(self._database)

    def _collecting_ended(self, task: "asyncio.Task[None]") -> None:
        """Without it memory would only grow: the process must restart."""
        if not task.cancelled():
            self.health.fail("the planned garbage collection ended")


async def serve_router(settings: RouterSettings) -> int:
    """Serve until told to leave; returns the exit code.

    Raises InvalidInputError when the files with keys that the settings name are not valid.
    """
    service = RouterService(settings)
    return await serve(
        service.api,
        settings,
        service.health,
        on_start=service.start,
        on_draining=service.drain,
        on_stop=service.stop,
    )
