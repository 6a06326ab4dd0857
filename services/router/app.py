"""The one place where the router's real parts are joined."""

import gc

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
from services.router.api import router
from services.router.dead_letters import DeadLetterSender
from services.router.inquiries import Inquiries, InquiryLimits
from services.router.openapi import describe
from services.router.partitions import Partitions, takeover_factory
from services.router.saves import SaveStore
from services.router.settings import RouterSettings
from services.router.takeover import Surroundings

# Deciding makes many small objects that die young and some that live for days.
GC_THRESHOLDS = (50_000, 20, 100)
TOPICS_NEEDED = {ROUTING_EVENTS, ROUTING_DECISIONS, dead_letter_topic(ROUTING_EVENTS)}


def create_app(
    *, inquiries: Inquiries, authenticator: Authenticator, health: Health | None = None
) -> FastAPI:
    """The HTTP side over any saves; nothing is connected here, so fakes will do."""
    app = build_api("Switchboard router", health or Health())
    app.state.inquiries = inquiries
    app.state.authenticator = authenticator
    app.include_router(router)
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
            ),
            publisher=self._publisher,
            saves=saves,
            dead_letters=DeadLetterSender(servers, self._publisher),
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
        self._inquiries.stop()
        await self._authenticator.stop()
        await self._publisher.stop()
        mongo.close(self._database)


async def serve_router(settings: RouterSettings) -> int:
    """Serve until told to leave; returns the exit code.

    Raises InvalidInputError when the files with keys that the settings name are not valid.
    """
    service = RouterService(settings)
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    return await serve(
        service.api,
        settings,
        service.health,
        on_start=service.start,
        on_draining=service.drain,
        on_stop=service.stop,
    )
