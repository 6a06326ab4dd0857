"""A broker, a database and traffic of each test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.ports import claim_ports
from deploy.local.tokens import LocalIssuer
from libs.common import mongo
from libs.common.contracts.topics import TOPICS
from libs.common.errors import UnavailableError
from libs.common.identifiers import fresh_nonce
from libs.common.kafka import Publisher
from libs.common.kafka_topics import ensure_topics
from services.router.core.ownership_effects import StoredSave
from services.router.saves import SaveStore
from tests.integration.services.router.broker import authorizing_broker, forget_topics
from tests.integration.services.router.log_check import PARTITION
from tests.integration.services.router.router_process import RouterProcess
from tests.integration.services.router.traffic import Traffic

SAVES_LOOKED_AT_EVERY_S = 0.2


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of the router's tests; its address."""
    with authorizing_broker(tmp_path_factory.mktemp("broker") / "kafka") as bootstrap_servers:
        yield bootstrap_servers


@pytest.fixture
async def own_kafka(broker: str) -> AsyncIterator[str]:
    """That broker without any topic: the platform's have fixed names, and each test makes them."""
    yield broker
    await forget_topics(broker)


@pytest.fixture
async def topics(own_kafka: str) -> str:
    """The platform's topics, of one partition each, on that broker; its address."""
    await ensure_topics(own_kafka, partitions=1, topics=TOPICS)
    return own_kafka


@pytest.fixture
async def publisher(own_kafka: str) -> AsyncIterator[Publisher]:
    """Publishes as ingest does."""
    publisher = Publisher(own_kafka)
    await publisher.start()
    yield publisher
    await publisher.stop()


@pytest.fixture
def traffic(publisher: Publisher) -> Traffic:
    """Customers."""
    return Traffic(publisher)


@pytest.fixture
def issuer(tmp_path: Path) -> LocalIssuer:
    """Signs tokens that the routers accept."""
    return LocalIssuer(tmp_path / "keys")


@pytest.fixture
async def make_router(
    topics: str, mongo_uri: str, database: mongo.Database, tmp_path: Path, issuer: LocalIssuer
) -> AsyncIterator[Callable[[str], RouterProcess]]:
    """Makes a router process by its replica id; none outlives the test."""
    made: list[RouterProcess] = []
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": topics,
        "KAFKA_PARTITIONS": "1",
        "MONGODB_URI": mongo_uri,
        "MONGODB_DATABASE": database.name,
        "JWT_KEYS_FILE": str(issuer.keys_path),
        # A killed member of an earlier test stays in its group until its session has ended.
        "ROUTER_GROUP_ID": f"router-{fresh_nonce()[:12]}",
        "ROUTER_SESSION_TIMEOUT_S": "6",
        "ROUTER_SAVE_EVERY_S": "0.3",
        "ROUTER_SAVE_EVERY_RECORDS": "500",
    }

    def make(replica_id: str) -> RouterProcess:
        log = tmp_path / f"{replica_id}.log"
        port = claim_ports(tmp_path / f"{replica_id}.ports", names=("http",))["http"]
        made.append(RouterProcess(replica_id, log=log, environment=environment, http_port=port))
        return made[-1]

    yield make
    for router in made:
        await router.abandon()


@pytest.fixture
async def saves(database: mongo.Database) -> AsyncIterator[list[StoredSave]]:
    """Every save that could be caught while the test ran, the newest last."""
    found: list[StoredSave] = []
    store = SaveStore(database)

    async def look() -> None:
        while True:
            try:
                save = await store.load(PARTITION)
            except UnavailableError:
                save = None
            if save and (not found or found[-1].position != save.position):
                found.append(save)
            await asyncio.sleep(SAVES_LOOKED_AT_EVERY_S)

    task = asyncio.create_task(look())
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
