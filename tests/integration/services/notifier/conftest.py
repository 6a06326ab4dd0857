"""What the notifier's integration tests share: fresh topics, a writer of the log, and settings."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from libs.common import mongo
from libs.common.kafka import Publisher
from services.notifier.app import LogNames
from services.notifier.settings import NotifierSettings
from tests.integration.conftest import TopicMaker
from tests.integration.services.notifier.log_writer import LogWriter
from tests.integration.services.notifier.replica import write_files

PARTITIONS = 2


@dataclass(kw_only=True)
class World:
    """One test's Kafka topics, database and folder."""

    kafka: str
    mongo_uri: str
    database: mongo.Database
    folder: Path
    names: LogNames
    publisher: Publisher
    files: dict[str, Any] = field(default_factory=dict)

    def settings(self, **changes: object) -> NotifierSettings:
        """A replica's settings: everything fast."""
        fields: dict[str, Any] = {
            "kafka_bootstrap_servers": self.kafka,
            "kafka_partitions": PARTITIONS,
            "mongodb_uri": self.mongo_uri,
            "mongodb_database": self.database.name,
            "allow_plain_http_targets": True,
            "errand_poll_interval_s": 0.05,
            "delivery_retry_base_s": 0.05,
            "webhook_retry_base_s": 0.05,
        }
        return NotifierSettings(**(fields | (self.files or write_files(self.folder)) | changes))

    def writer(self) -> LogWriter:
        """An owner of the desk's partition."""
        return LogWriter(self.publisher, self.names.decisions, partitions=PARTITIONS)


@pytest.fixture
async def world(
    kafka: str,
    mongo_uri: str,
    database: mongo.Database,
    make_topic: TopicMaker,
    topic_prefix: str,
    tmp_path: Path,
) -> AsyncIterator[World]:
    """Topics, a database and a folder that no other test sees."""
    names = LogNames(
        events=await make_topic("events", partitions=PARTITIONS),
        decisions=await make_topic("decisions", partitions=PARTITIONS),
        group_id=f"{topic_prefix}-notifier",
    )
    publisher = Publisher(kafka)
    await publisher.start()
    yield World(
        kafka=kafka,
        mongo_uri=mongo_uri,
        database=database,
        folder=tmp_path,
        names=names,
        publisher=publisher,
    )
    await publisher.stop()
