"""The real Kafka and MongoDB for all integration tests, and something fresh of each per test."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.servers import LocalServers
from libs.common import identifiers, mongo
from libs.common.contracts.topics import RECORD_BYTES_MAX, Topic, dead_letter_topic
from libs.common.kafka_topics import ensure_topics
from libs.common.logs import configure_logs
from tests.run import INSTANCE_VARIABLE

TopicMaker = Callable[..., Awaitable[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the servers."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """Logs as in production: drawn tracebacks cost the code under test half a second each."""
    configure_logs("tests")


@pytest.fixture(scope="session")
def local_servers() -> Iterator[LocalServers]:
    """Both servers: the user's own where the environment names them, else started here."""
    with LocalServers(os.environ.get(INSTANCE_VARIABLE, "tests")) as servers:
        yield servers


@pytest.fixture(scope="session")
def kafka(local_servers: LocalServers) -> str:
    """Kafka's address."""
    return local_servers.bootstrap_servers


@pytest.fixture(scope="session")
def mongo_uri(local_servers: LocalServers) -> str:
    """MongoDB's address."""
    return local_servers.mongodb_uri


@pytest.fixture
async def database(mongo_uri: str) -> AsyncIterator[mongo.Database]:
    """A database that no other test sees; gone afterwards."""
    fresh = mongo.connect(mongo_uri, f"test_{identifiers.fresh_nonce()[:12]}")
    yield fresh
    await fresh.client.drop_database(fresh.name)
    mongo.close(fresh)


@pytest.fixture
def topic_prefix() -> str:
    """The beginning of topic and group names that no other test uses."""
    return f"test-{identifiers.fresh_nonce()[:12]}"


@pytest.fixture
def make_topic(kafka: str, topic_prefix: str) -> TopicMaker:
    """Makes a topic, and its dead-letter topic, that no other test uses; returns its name.

    `await make_topic("events", partitions=2, bytes_max=1_000)`.
    """

    async def make(name: str, *, partitions: int = 1, bytes_max: int = RECORD_BYTES_MAX) -> str:
        topic = f"{topic_prefix}.{name}"
        settings = {"max.message.bytes": str(bytes_max), "message.timestamp.type": "LogAppendTime"}
        await ensure_topics(
            kafka,
            partitions=partitions,
            topics=[
                Topic(name=topic, settings=settings),
                Topic(name=dead_letter_topic(topic), settings=settings, follows_events=False),
            ],
        )
        return topic

    return make
