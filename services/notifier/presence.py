"""Tells the router who is connected here, and that this replica lives.

A replica's name is fresh with each start of the process: after a crash the old name falls silent,
and the router counts the agents who were connected under it as gone, even if the new process has
the same host name. A disconnect that could not be published is tried again until it is.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from libs.common import clock
from libs.common.contracts.events import (
    AgentConnected,
    AgentDisconnected,
    EventData,
    NotifierAlive,
)
from libs.common.contracts.terms import DeskId, TenantId
from libs.common.contracts.topics import ROUTING_EVENTS, routing_key
from libs.common.contracts.wire import encode_event
from libs.common.errors import ServiceError, UnavailableError
from libs.common.identifiers import event_id_of, fresh_event_id, fresh_nonce
from libs.common.kafka_records import RecordPlace, SendHeaders

STOP_TIMEOUT_S = 5.0
# Disconnects waiting for Kafka: beyond this the replica's silence has to tell it.
DISCONNECTS_MAX = 10_000
RETRY_WAIT_S = 1.0
log = structlog.get_logger(__name__)


class EventPublisher(Protocol):
    """What publishes our events."""

    async def publish(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes,
        headers: SendHeaders = (),
        partition: int | None = None,
    ) -> RecordPlace:
        """Publish and wait for the acknowledgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One agent's stream, as the router knows it."""

    tenant_id: TenantId
    desk_id: DeskId
    agent_id: str
    connection_id: str = field(default_factory=lambda: f"con_{fresh_nonce()}")

    @property
    def agent_key(self) -> tuple[str, str, str]:
        """Whose it is."""
        return (self.tenant_id, self.desk_id, self.agent_id)


class Presence:
    """Publishes the edges of agents' connections and the replica's liveness."""

    def __init__(
        self,
        publisher: EventPublisher,
        *,
        replica_id: str,
        partitions: int,
        alive_interval_s: float,
        topic: str = ROUTING_EVENTS,
    ) -> None:
        self._topic = topic
        self.replica_id = f"{replica_id[:100]}.{fresh_nonce()[:12]}"
        self._publisher = publisher
        self._partitions = partitions
        self._alive_interval_s = alive_interval_s
        self._disconnects: asyncio.Queue[Connection] = asyncio.Queue(maxsize=DISCONNECTS_MAX)

    async def connected(self, connection: Connection) -> None:
        """The agent's stream is open. Raises UnavailableError: then it must not stay open."""
        await self._publish(
            connection,
            AgentConnected(
                agent_id=connection.agent_id,
                connection_id=connection.connection_id,
                replica_id=self.replica_id,
            ),
        )

    def disconnected(self, connection: Connection) -> None:
        """The agent's stream has ended: published soon, and again until it is acknowledged."""
        try:
            self._disconnects.put_nowait(connection)
        except asyncio.QueueFull:
            log.error(  # noqa: TRY400 - the queue's state says nothing more
                "presence.disconnect_dropped", agent_id=connection.agent_id
            )

    async def tell_disconnects(self) -> None:
        """Publish disconnects as they come, until cancelled."""
        while True:
            connection = await self._disconnects.get()
            while not await self._told(connection):  # noqa: ASYNC110 - Kafka sets no event
                await asyncio.sleep(RETRY_WAIT_S)
            self._disconnects.task_done()

    async def stay_alive(self) -> None:
        """Publish that this replica lives, to every partition, until cancelled."""
        while True:
            began_s = clock.monotonic_s()
            outcomes = await asyncio.gather(
                *(self._alive(partition) for partition in range(self._partitions)),
                return_exceptions=True,
            )
            for outcome in outcomes:
                if isinstance(outcome, ServiceError):
                    log.warning("presence.alive_not_told", error=str(outcome))
                elif isinstance(outcome, BaseException):
                    raise outcome
            took_s = clock.monotonic_s() - began_s
            await asyncio.sleep(max(0.0, self._alive_interval_s - took_s))

    async def flush(self) -> None:
        """Wait at most 5 s until all disconnects are published; `tell_disconnects` must run."""
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._disconnects.join()
        except TimeoutError:
            log.warning("presence.disconnects_not_told", count=self._disconnects.qsize())

    async def _told(self, connection: Connection) -> bool:
        try:
            await self._publish(
                connection,
                AgentDisconnected(
                    agent_id=connection.agent_id, connection_id=connection.connection_id
                ),
            )
        except UnavailableError as error:
            log.warning("presence.disconnect_put_off", error=str(error))
            return False
        return True

    async def _publish(self, connection: Connection, data: EventData) -> None:
        identity = f"{connection.connection_id}/{data.type}"
        await self._publisher.publish(
            self._topic,
            key=routing_key(connection.tenant_id, connection.desk_id),
            value=encode_event(
                data,
                event_id=event_id_of(endpoint=self._source, provider_message_id=identity),
                source=self._source,
                time=clock.now(),
                tenant_id=connection.tenant_id,
                desk_id=connection.desk_id,
                subject=connection.agent_id,
            ),
        )

    async def _alive(self, partition: int) -> None:
        await self._publisher.publish(
            self._topic,
            key=None,
            partition=partition,
            value=encode_event(
                NotifierAlive(replica_id=self.replica_id),
                event_id=fresh_event_id(),
                source=self._source,
                time=clock.now(),
            ),
        )

    @property
    def _source(self) -> str:
        return f"switchboard/notifier/{self.replica_id}"
