"""Prepares a Kafka for the platform: `python -m libs.common.prepare`."""

import asyncio
import sys
from dataclasses import replace
from typing import Annotated

import structlog
from pydantic import Field

from libs.common.contracts.topics import TOPICS, Topic
from libs.common.errors import ServiceError, UnavailableError
from libs.common.kafka_topics import ensure_topics
from libs.common.logs import configure_logs
from libs.common.settings import EXIT_CODE_CONFIGURATION, KafkaSettings

EXIT_CODE_UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h: trying again may help
# From three replicas on one may be missing, and yet an acknowledged record is on two.
REPLICAS_MISSING_MAX = 1
REPLICATION_TOLERANT_MIN = 3

log = structlog.get_logger(__name__)


class PrepareSettings(KafkaSettings):
    """Where the topics go and how many copies they have."""

    kafka_replication_factor: Annotated[int, Field(ge=1, le=7)] = 1


def topics_for(replication: int) -> tuple[Topic, ...]:
    """The platform's topics, with the in-sync replicas that an acknowledgement waits for."""
    is_tolerant = replication >= REPLICATION_TOLERANT_MIN
    in_sync_min = replication - REPLICAS_MISSING_MAX if is_tolerant else 1
    return tuple(
        replace(topic, settings=topic.settings | {"min.insync.replicas": str(in_sync_min)})
        for topic in TOPICS
    )


async def prepare(settings: PrepareSettings) -> list[str]:
    """Create the topics that are missing and check them all; returns the names created.

    Repeating it changes nothing. Raises TopicMismatchError when a topic is set otherwise,
    UnavailableError when no broker answers.
    """
    return await ensure_topics(
        settings.kafka_bootstrap_servers,
        partitions=settings.kafka_partitions,
        replication=settings.kafka_replication_factor,
        topics=topics_for(settings.kafka_replication_factor),
    )


def main() -> int:
    """Returns 0 when all is ready, 78 when someone must change a topic, 69 when trying again may
    help. Exits with 78 at once when a variable is missing or wrong.
    """
    settings = PrepareSettings.load()
    configure_logs("prepare")
    try:
        created = asyncio.run(prepare(settings))
    except UnavailableError as error:
        log.warning("preparation.postponed", reason=str(error))
        return EXIT_CODE_UNAVAILABLE
    except ServiceError as error:
        log.error("preparation.refused", reason=str(error))  # noqa: TRY400 - the sentence says it all
        return EXIT_CODE_CONFIGURATION
    log.info("preparation.completed", created=created)
    return 0


if __name__ == "__main__":
    sys.exit(main())
