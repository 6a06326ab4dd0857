"""The company that the figures are measured on: one desk, many agents, one Telegram bot."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from deploy.local.folders import instance_dir
from deploy.local.servers import KAFKA_VARIABLE, MONGODB_VARIABLE, LocalServers
from deploy.local.simulated.webhook_requests import WebhookRequest, telegram_update
from deploy.local.stack import SERVICES, EndpointEntry, Stack, StackConfiguration
from libs.channels.channel import InboundMessage, InboundRequest
from libs.channels.endpoint import Endpoint
from libs.channels.endpoints import load_endpoints
from libs.channels.registry import channels
from libs.common import clock
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import ChannelName, EndpointId, Role
from libs.common.contracts.topics import routing_key
from libs.common.kafka_records import partition_of

INSTANCE = "benchmarks"
TENANT, DESK, QUEUE = "acme", "support", "general"
ENDPOINT, SECRET = "acme-telegram", "a-secret-of-the-benchmarks"
PARTITIONS = 6
PARTITION = partition_of(routing_key(TENANT, DESK), PARTITIONS)
AGENT_UNITS = 50
# Always servers of our own, empty at first, whatever the caller's environment points to.
_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in {KAFKA_VARIABLE, MONGODB_VARIABLE}
}
# Nobody listens there: these workloads hold no replies, so nothing is ever sent to a provider.
_PROVIDER = "http://127.0.0.1:9"
# A benchmark's one desk sends what a flood would be; here it is not to be held back.
_RATE = "100000"
_NOT_HELD_BACK = {
    "DESK_RATE_PER_S": _RATE,
    "DESK_BURST": _RATE,
    "SPILL_DESK_RATE_PER_S": _RATE,
    "SPILL_RATE_PER_S": _RATE,
}
TEXT = "My parcel was to arrive on Tuesday and the tracking page says nothing. Can you look? " * 2


@contextmanager
def fresh_stack(
    *, services: Sequence[str] = SERVICES, variables: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[Stack]:
    """New servers with empty data and these services, gone at the end of the block."""
    LocalServers(INSTANCE, environment=_ENVIRONMENT).stop()
    shutil.rmtree(instance_dir(INSTANCE), ignore_errors=True)
    configuration = StackConfiguration(
        endpoints=(_entry(),),
        partitions=PARTITIONS,
        variables={"ingest": _NOT_HELD_BACK, **(variables or {})},
    )
    stack = Stack(configuration, instance=INSTANCE, environment=_ENVIRONMENT)
    try:
        stack.start(services=services)
        yield stack
    finally:
        stack.stop()


def _entry() -> EndpointEntry:
    return EndpointEntry(
        endpoint_id=ENDPOINT,
        channel="telegram",
        tenant_id=TENANT,
        desk_id=DESK,
        secrets=(SECRET,),
        settings={"token": "acme-bot", "api_base_url": _PROVIDER},
    )


def agent_names(agents: int) -> list[str]:
    """The agents' ids."""
    return [f"agent-{number:03d}" for number in range(agents)]


def desk_document(agents: int) -> dict[str, Any]:
    """The desk's configuration: one queue, served by everybody, with room for 50 each."""
    document = {
        "skills": ["english"],
        "queues": [_queue(QUEUE)],
        "agents": [_agent(name, QUEUE) for name in agent_names(agents)],
        "default": {"queue": QUEUE, "requires": {"english": 3}},
    }
    DeskConfiguration.model_validate(document)
    return document


def language_desk_document(agents: int) -> dict[str, Any]:
    """Another: every agent has a language, and a queue of that language, to themselves.

    So it is known beforehand whom a message of that language goes to.
    """
    names = agent_names(agents)
    rules = [
        {
            "rule_id": name,
            "when": {"language": [name]},
            "then": {"queue": name, "requires": {"english": 3}},
        }
        for name in names
    ]
    document = {
        "skills": ["english"],
        "queues": [_queue(name) for name in names],
        "agents": [_agent(name, name) for name in names],
        "rules": rules,
        "default": {"queue": names[0]},
    }
    DeskConfiguration.model_validate(document)
    return document


def _queue(queue_id: str) -> dict[str, Any]:
    return {"queue_id": queue_id, "offer": {"timeout_s": 3_600}, "escalation": {"after_s": 7_200}}


def _agent(agent_id: str, queue_id: str) -> dict[str, Any]:
    return {
        "agent_id": agent_id,
        "skills": {"english": 5},
        "queues": {queue_id: 1},
        "capacity_units": AGENT_UNITS,
    }


def token(stack: Stack, subject: str, role: Role) -> str:
    """A credential for one person of the desk."""
    return stack.issuer.mint(tenant_id=TENANT, subject=subject, roles=[role], desks=[DESK])


def webhook(customer: int, number: int) -> WebhookRequest:
    """A customer's message number `number` (from 1), as Telegram posts it."""
    return telegram_update(
        endpoint_id=ENDPOINT, secret=SECRET, chat_id=1_000 + customer, number=number, text=TEXT
    )


class Reader:
    """Reads webhooks as ingest does, to know beforehand which event each becomes."""

    def __init__(self) -> None:
        self._channel = channels()[ChannelName("telegram")]
        self._endpoint: Endpoint = _load_endpoint()

    def read(self, request: WebhookRequest) -> InboundMessage:
        """The message that ingest will make of the request."""
        inbound = InboundRequest(
            method="POST",
            headers=request.headers,
            query={},
            body=request.body,
            received_at_ms=clock.now_ms(),
        )
        (item,) = self._channel.read(inbound, self._endpoint, None)
        if not isinstance(item, InboundMessage):
            raise TypeError("the benchmark's webhook holds no message")
        return item


def _load_endpoint() -> Endpoint:

    return load_endpoints(json.dumps([asdict(_entry())]))[EndpointId(ENDPOINT)]
