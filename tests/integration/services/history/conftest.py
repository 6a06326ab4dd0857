"""A memory of its own for each test, and what can be done with it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.kafka import Publisher
from libs.common.kafka_records import PartitionBatch, Record
from libs.common.mongo import Database, Document
from services.history.documents import CONVERSATIONS, LINKS, POSITIONS, TIMELINE
from services.history.indexes import create_indexes
from services.history.readers import CUSTOMER_EVENTS, DECISIONS
from services.history.reads import HistoryReads
from services.history.recorder import Recorder
from services.history.store import HistoryStore
from tests.integration.conftest import TopicMaker
from tests.integration.services.history.replica import World

COLLECTIONS = (TIMELINE, CONVERSATIONS, LINKS, POSITIONS)


@pytest.fixture
async def memory(database: Database) -> Database:
    """A fresh database with its indexes."""
    await create_indexes(database)
    return database


@pytest.fixture
def reads(memory: Database) -> HistoryReads:
    """The read side over it."""
    return HistoryReads(memory)


def recorder_of(database: Database, *, customers: bool = False) -> Recorder:
    """A reader that has just started."""
    reader = CUSTOMER_EVENTS if customers else DECISIONS
    return Recorder(store=HistoryStore(database), reader=reader)


def batch_of(records: Sequence[Record]) -> PartitionBatch:
    """These records of one partition."""
    first = records[0]
    return PartitionBatch(topic=first.topic, partition=first.partition, records=tuple(records))


async def keep(database: Database, records: Sequence[Record]) -> None:
    """Write these records as a reader that has just started."""
    is_decisions = records[0].topic == ROUTING_DECISIONS
    await recorder_of(database, customers=not is_decisions).handle(batch_of(records))


async def everything(database: Database) -> dict[str, list[Document]]:
    """All that is stored, in one order."""
    return {
        name: await database[name].find({}).sort("_id", 1).to_list(None) for name in COLLECTIONS
    }


@pytest.fixture
async def world(
    kafka: str,
    mongo_uri: str,
    database: Database,
    make_topic: TopicMaker,
    tmp_path: Path,
) -> AsyncIterator[World]:
    """Topics, a database and a folder that no other test sees."""
    publisher = Publisher(kafka)
    await publisher.start()
    yield World(
        kafka=kafka,
        mongo_uri=mongo_uri,
        database=database,
        decisions=await make_topic("decisions"),
        customers=await make_topic("customers"),
        publisher=publisher,
        folder=tmp_path,
    )
    await publisher.stop()
