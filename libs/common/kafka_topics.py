"""Creating the topics with their settings, and checking them at every start."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from libs.common.contracts.topics import TOPICS, Topic
from libs.common.errors import UnavailableError, UnprocessableError

ADMIN_TIMEOUT_MS = 10_000
# A new topic is described by all brokers a moment after its creation was acknowledged.
VISIBLE_TRIES_MAX = 50
VISIBLE_INTERVAL_S = 0.1


class TopicMismatchError(UnprocessableError):
    """A topic is missing or set otherwise than the platform needs: someone must change it."""


async def ensure_topics(
    bootstrap_servers: str,
    *,
    partitions: int,
    replication: int = 1,
    topics: Iterable[Topic] = TOPICS,
) -> list[str]:
    """Create the topics that do not exist, and check them all; returns the names created.

    Raises TopicMismatchError as `check_topics` does, UnavailableError when no broker answers.
    """
    wanted = tuple(topics)
    async with _admin(bootstrap_servers) as admin:
        known = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in known]
        if missing:
            await _create(admin, missing, partitions=partitions, replication=replication)
        for _ in range(VISIBLE_TRIES_MAX):
            if {topic.name for topic in wanted} <= set(await admin.list_topics()):
                break
            await asyncio.sleep(VISIBLE_INTERVAL_S)
    await check_topics(bootstrap_servers, partitions=partitions, topics=wanted)
    return [topic.name for topic in missing]


async def check_topics(
    bootstrap_servers: str, *, partitions: int, topics: Iterable[Topic] = TOPICS
) -> None:
    """Raises TopicMismatchError, naming topic, setting, expected and found, at the first
    difference; UnavailableError when no broker answers.
    """
    wanted = tuple(topics)
    async with _admin(bootstrap_servers) as admin:
        known = set(await admin.list_topics())
        for topic in wanted:
            if topic.name not in known:
                raise TopicMismatchError(f"topic {topic.name} does not exist: create it first")
        following = [topic.name for topic in wanted if topic.follows_events]
        for description in await admin.describe_topics(following):
            found = len(description["partitions"])
            if found != partitions:
                raise TopicMismatchError(
                    f"topic {description['topic']}: expected {partitions} partitions"
                    f" (KAFKA_PARTITIONS), found {found}"
                )
        settings = await _settings_of(admin, wanted)
    for topic in wanted:
        for name, expected in topic.settings.items():
            actual = settings[topic.name].get(name)
            if actual != expected:
                raise TopicMismatchError(
                    f"topic {topic.name}: setting {name}: expected {expected}, found {actual}"
                )


@asynccontextmanager
async def _admin(bootstrap_servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap_servers, request_timeout_ms=ADMIN_TIMEOUT_MS
    )
    try:
        await admin.start()
        yield admin
    except KafkaError as error:
        raise UnavailableError(f"Kafka does not answer: {type(error).__name__}") from error
    finally:
        await admin.close()


async def _create(
    admin: AIOKafkaAdminClient, topics: list[Topic], *, partitions: int, replication: int
) -> None:
    # aiokafka returns error codes here; it does not raise them.
    response = await admin.create_topics(
        [
            NewTopic(
                name=topic.name,
                num_partitions=partitions if topic.follows_events else 1,
                replication_factor=replication,
                topic_configs=topic.settings,
            )
            for topic in topics
        ]
    )
    for name, code, *_ in response.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise TopicMismatchError(f"topic {name}: not created: {for_code(code).__name__}")


async def _settings_of(
    admin: AIOKafkaAdminClient, topics: tuple[Topic, ...]
) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    found: dict[str, dict[str, str]] = {}
    for response in await admin.describe_configs(resources):
        for _code, _message, _kind, name, entries in response.resources:
            found[name] = {entry[0]: entry[1] for entry in entries}
    return found
