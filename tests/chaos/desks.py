"""The desks of a run: several tenants, each partition with its share, customers who write."""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from libs.common.contracts import events as e
from libs.common.contracts.topics import routing_key
from libs.common.identifiers import event_id_of
from libs.common.kafka import Publisher, partition_of
from tests.e2e.checker.material import KnownEndpoint
from tests.integration.services.router.traffic import Traffic

TENANTS = ("acme", "bolt", "cargo")
DESKS_TRIED_MAX = 1_000
REPEAT_SHARE = 0.05
MESSAGES_PER_S = 2.0
ACKNOWLEDGED, UNDER_WAY = 202, 0


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk of one tenant."""

    tenant_id: str
    desk_id: str

    @property
    def endpoint_id(self) -> str:
        """The web chat that leads to it."""
        return f"site-{self.tenant_id}-{self.desk_id}"

    @property
    def endpoint(self) -> KnownEndpoint:
        """What the checker knows of that web chat."""
        return KnownEndpoint(
            tenant_id=self.tenant_id,
            desk_id=self.desk_id,
            channel="web_chat",
            through=self.endpoint_id,
        )


def desks_on(partitions: int, *, each: int) -> tuple[Desk, ...]:
    """So many desks on each partition, of all tenants in turn."""
    room = dict.fromkeys(range(partitions), each)
    found = []
    for number in range(DESKS_TRIED_MAX):
        desk = Desk(TENANTS[number % len(TENANTS)], f"desk-{number}")
        partition = partition_of(routing_key(desk.tenant_id, desk.desk_id), partitions)
        if room[partition]:
            room[partition] -= 1
            found.append(desk)
    assert not any(room.values()), f"no desk for some partitions: {room}"
    return tuple(found)


def one_of_each_partition(desks: Iterable[Desk], partitions: int) -> tuple[Desk, ...]:
    """The first that lies on each."""
    found: dict[int, Desk] = {}
    for desk in desks:
        found.setdefault(partition_of(routing_key(desk.tenant_id, desk.desk_id), partitions), desk)
    return tuple(found.values())


@dataclass(slots=True)
class Outside:
    """What was acknowledged, line by line, in the words that the checker reads."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def sent(self, desk: Desk, message: e.MessageReceived, *, status: int) -> None:
        """A customer's message is under way, or has its acknowledgement."""
        self.lines.append(
            {
                "kind": "sent",
                "channel": "web_chat",
                "endpoint_id": desk.endpoint_id,
                "provider_message_id": message.provider_message_id,
                "text": message.content.text,
                "status": status,
            }
        )

    def acted(self, desk: Desk, *, agent_id: str, deed: str, event_id: str) -> None:
        """An agent's deed has its acknowledgement."""
        self.lines.append(
            {
                "kind": "acted",
                "tenant_id": desk.tenant_id,
                "subject": agent_id,
                "path": deed,
                "event_id": event_id,
                "status": ACKNOWLEDGED,
            }
        )


class Customers:
    """The customers of one desk, who write at a steady rate; some providers repeat themselves."""

    def __init__(self, desk: Desk, traffic: Traffic, outside: Outside, *, seed: int) -> None:
        self._desk = desk
        self._traffic = traffic
        self._outside = outside
        self._random = random.Random(f"{seed}/{desk.endpoint_id}")
        self._count = 0

    async def write(self, *, is_over: Callable[[], bool]) -> None:
        """Write until it is over."""
        while not is_over():
            message = self._traffic.message(f"message {self._count}")
            self._count += 1
            event_id = event_id_of(
                endpoint=self._desk.endpoint_id, provider_message_id=message.provider_message_id
            )
            self._outside.sent(self._desk, message, status=UNDER_WAY)
            for _ in range(1 + (self._random.random() < REPEAT_SHARE)):
                await self._traffic.say(message, event_id=event_id)
            self._outside.sent(self._desk, message, status=ACKNOWLEDGED)
            await asyncio.sleep(self._random.uniform(0, 2) / MESSAGES_PER_S)


def traffic_of(desk: Desk, publisher: Publisher) -> Traffic:
    """What is said on this desk, published as ingest does."""
    return Traffic(
        publisher,
        tenant_id=desk.tenant_id,
        desk_id=desk.desk_id,
        endpoint_id=desk.endpoint_id,
    )
