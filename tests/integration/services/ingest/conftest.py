"""What ingest's integration tests share: the platform's topics, and the application on them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from libs.channels.endpoints import load_endpoints
from libs.common.kafka import Publisher
from libs.common.kafka_topics import ensure_topics
from services.ingest.app import create_app
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
    app = create_app(
        settings(tmp_path),
        publisher=publisher,
        endpoints=load_endpoints(ENDPOINTS),
        authenticator=authenticator(),
    )
    async with client_of(app) as opened:
        yield opened
    await publisher.stop()
