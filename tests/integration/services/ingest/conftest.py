"""What ingest's integration tests share: the platform's topics, and the application on them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from libs.channels.endpoints import load_endpoints
from libs.common.contracts.topics import ROUTING_SPILLED
from libs.common.kafka import Publisher
from libs.common.kafka_progress import GroupProgress
from libs.common.kafka_topics import ensure_topics
from services.ingest.app import _drain, create_app
from services.ingest.spill_drain import DRAIN_GROUP
from tests.integration.services.ingest.processes import Process, Starter
from tests.integration.services.ingest.topic_reader import PARTITIONS
from tests.unit.services.ingest.front_door import ENDPOINTS, authenticator, client_of, settings

# Short, so that a test of an absent Kafka is short too.
PUBLISH_TIMEOUT_S = 1.5


@pytest.fixture
async def topics(kafka: str) -> str:
    """Kafka's address, the platform's topics being there."""
    await ensure_topics(kafka, partitions=PARTITIONS)
    return kafka


@pytest.fixture
async def client(topics: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that publishes to the real Kafka."""
    publisher = Publisher(topics, publish_timeout_s=PUBLISH_TIMEOUT_S)
    await publisher.start()
    progress = GroupProgress(
        topics,
        ROUTING_SPILLED,
        group_id=DRAIN_GROUP,
        partitions=PARTITIONS,
        client_id="tests",
        ask_timeout_s=PUBLISH_TIMEOUT_S,
    )
    await progress.start()
    own = settings(tmp_path).model_copy(update={"kafka_bootstrap_servers": topics})
    # Without it what an outage sent through the spill would stay there.
    drain = _drain(own, progress, publisher)
    await drain.start()
    draining = asyncio.create_task(drain.run())
    app = create_app(
        own,
        publisher=publisher,
        progress=progress,
        endpoints=load_endpoints(ENDPOINTS),
        authenticator=authenticator(),
    )
    async with client_of(app) as opened:
        yield opened
    drain.stop()
    await asyncio.wait([draining])
    await drain.close()
    await publisher.stop()
    await progress.stop()


@pytest.fixture
def start(topics: str, tmp_path: Path) -> Iterator[Starter]:
    """Starts processes that are gone after the test."""
    started: list[Process] = []

    def starter(*, partitions: int = PARTITIONS, **more: str) -> Process:
        folder = tmp_path / f"ingest-{len(started)}"
        folder.mkdir()
        started.append(Process(topics, folder, partitions=partitions, **more))
        return started[-1]

    yield starter
    for process in started:
        process.end()
