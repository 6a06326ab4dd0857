"""The one place where history's real parts are joined."""

import asyncio
import gc
from collections.abc import Mapping

from fastapi import FastAPI

from libs.common import mongo
from libs.common.contracts.topics import TOPICS, dead_letter_topic
from libs.common.credentials import Authenticator
from libs.common.health import Health
from libs.common.http import build_api, serve
from libs.common.kafka import Publisher
from libs.common.kafka_topics import check_topics
from services.history.access import Reads
from services.history.api import router
from services.history.consumer import TOPIC_READERS, build_consumers
from services.history.indexes import create_indexes
from services.history.readers import TopicReader
from services.history.reads import HistoryReads
from services.history.settings import HistorySettings
from services.history.store import HistoryStore

# Batches make and drop many small objects; collecting them seldom costs a tenth less time.
GC_THRESHOLDS = (50_000, 20, 50)


def create_app(
    *, reads: Reads, authenticator: Authenticator, health: Health | None = None
) -> FastAPI:
    """The HTTP side over any reads; nothing is connected here, so fakes will do."""
    app = build_api("Switchboard history", health or Health())
    app.state.reads = reads
    app.state.authenticator = authenticator
    app.include_router(router)
    return app


class HistoryService:
    """All parts of one replica. `topic_readers` names the topics it reads, and how."""

    def __init__(
        self,
        settings: HistorySettings,
        *,
        topic_readers: Mapping[str, TopicReader] = TOPIC_READERS,
    ) -> None:
        self._settings = settings
        self.health = Health()
        self._database = mongo.connect(settings.mongodb_uri, settings.mongodb_database)
        self._publisher = Publisher(settings.kafka_bootstrap_servers, client_id="history")
        self._authenticator = Authenticator.from_settings(settings)
        store = HistoryStore(self._database)
        self._topics = tuple(topic_readers)
        self._consumers = [
            consumer
            for topic, reader in topic_readers.items()
            for consumer in build_consumers(
                settings,
                topic=topic,
                reader=reader,
                store=store,
                publisher=self._publisher,
                health=self.health,
            )
        ]
        self.api = create_app(
            health=self.health,
            reads=HistoryReads(self._database),
            authenticator=self._authenticator,
        )
        self.health.add_check("mongodb", lambda: mongo.check(self._database))
        for number, consumer in enumerate(self._consumers):
            self.health.add_check(f"consumer-{number}", consumer.check)

    async def start(self) -> None:
        """Connect, make the indexes and begin to read.

        Raises UnavailableError when a server does not answer, TopicMismatchError when a topic is
        not as the platform needs it.
        """
        await check_topics(
            self._settings.kafka_bootstrap_servers,
            partitions=self._settings.kafka_partitions,
            topics=[topic for topic in TOPICS if topic.name in self._topics_needed()],
        )
        await create_indexes(self._database)
        await self._publisher.start()
        await asyncio.gather(*(consumer.start() for consumer in self._consumers))

    def _topics_needed(self) -> set[str]:
        return {*self._topics, *map(dead_letter_topic, self._topics)}

    async def drain(self) -> None:
        """Stop fetching; finish and commit the batches at hand."""
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))

    async def stop(self) -> None:
        """Disconnect from everything."""
        await self._publisher.stop()
        await self._authenticator.stop()
        mongo.close(self._database)


async def serve_history(settings: HistorySettings) -> int:
    """Serve until told to leave; returns the exit code.

    Raises InvalidInputError when the files with keys that the settings name are not valid.
    """
    service = HistoryService(settings)
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
