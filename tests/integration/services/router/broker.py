"""A broker of the test's own that checks authorisation, and the right to write taken away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from unittest.mock import patch

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest

from deploy.local import kafka, kafka_config
from deploy.local.kafka import KafkaServer
from libs.common.contracts.topics import ROUTING_DECISIONS

# All clients are anonymous here, and may do what no rule says anything about.
_AUTHORIZER = (
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
    "allow.everyone.if.no.acl.found=true\n"
)
GONE_WITHIN_S = 10.0
LOOK_EVERY_S = 0.05
_TOPIC, _LITERAL = 2, 3
_ALL, _WRITE = 2, 4
_DENY, _ALLOW = 2, 3
_ANYBODY = "User:*"


@contextmanager
def authorizing_broker(directory: Path) -> Iterator[str]:
    """A fresh broker on this directory; yields its address."""
    honest = kafka_config.render_properties
    server = KafkaServer(directory)

    def rendered(**named: object) -> str:
        return honest(**named) + _AUTHORIZER  # type: ignore[arg-type]

    with patch.object(kafka, "render_properties", rendered):
        server.start()
    try:
        yield server.bootstrap_servers
    finally:
        server.stop()


async def forget_topics(bootstrap_servers: str) -> None:
    """Delete all topics; returns when they are gone."""
    async with _admin(bootstrap_servers) as admin, asyncio.timeout(GONE_WITHIN_S):
        while topics := [name for name in await admin.list_topics() if not name.startswith("__")]:
            await admin.delete_topics(topics)
            await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def writing_forbidden(bootstrap_servers: str) -> AsyncIterator[None]:
    """Nobody may write decisions inside this block; reading goes on."""
    async with _admin(bootstrap_servers) as admin:
        # A topic with any rule is closed to whom no rule allows it.
        rules = ((_ALL, _ALLOW), (_WRITE, _DENY))
        for rule in rules:
            await _create(admin, *rule)
        yield
        for rule in rules[::-1]:
            of_all = (_TOPIC, ROUTING_DECISIONS, _LITERAL, _ANYBODY, "*", *rule)
            await admin._send_request(DeleteAclsRequest(*of_all))


@asynccontextmanager
async def _admin(bootstrap_servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, operation: int, permission: int) -> None:
    rule = (_TOPIC, ROUTING_DECISIONS, _LITERAL, _ANYBODY, "*", operation, permission)
    answer = await admin._send_request(CreateAclsRequest(*rule))
    code, message = answer.creation_responses[0]
    assert code == 0, message
