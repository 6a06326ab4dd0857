"""Customers who write to one desk, as ingest would publish it."""

import asyncio

from libs.common import clock
from libs.common.contracts import events as e
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, Presence, TenantId
from libs.common.contracts.topics import ROUTING_EVENTS, routing_key
from libs.common.contracts.wire import encode_event
from libs.common.identifiers import contact_point_id_of, fresh_event_id
from libs.common.kafka import Publisher
from tests.simulation.desk_workload import AGENTS, DESK, TENANT, configuration

CUSTOMERS = 50
BATCH = 100
BURST_EVERY_S = 0.1


class Traffic:
    """Publishes events and counts what Kafka has acknowledged."""

    def __init__(
        self,
        publisher: Publisher,
        *,
        tenant_id: str = TENANT,
        desk_id: str = DESK,
        endpoint_id: str = "site",
    ) -> None:
        self._publisher = publisher
        self._desk = (tenant_id, desk_id)
        self._endpoint_id = endpoint_id
        self.published = 0
        self._is_stopped = False

    async def open_desk(self) -> None:
        """The desk is configured and its agents are there."""
        await self.say(e.DeskConfigured(configuration=configuration(2)))
        for agent_id in AGENTS:
            connection = f"connection-{agent_id}"
            await self.say(
                e.AgentConnected(
                    agent_id=agent_id, connection_id=connection, replica_id="notifier-0"
                )
            )
            await self.say(e.AgentPresenceSet(agent_id=agent_id, presence=Presence.AVAILABLE))

    async def write(self, count: int) -> None:
        """Customers write that many messages, many at a time."""
        for start in range(0, count, BATCH):
            texts = [f"Message {number}" for number in range(start, min(start + BATCH, count))]
            await asyncio.gather(*(self.say(self.message(text)) for text in texts))

    async def write_on(self) -> None:
        """Customers write until `stop`, a burst now and then: what is written is judged later."""
        while not self._is_stopped:
            await self.write(BATCH // 2)
            await asyncio.sleep(BURST_EVERY_S)

    def stop(self) -> None:
        """Customers fall silent."""
        self._is_stopped = True

    def resumed(self) -> "Traffic":
        """The same customers, ready to write again."""
        tenant_id, desk_id = self._desk
        return Traffic(
            self._publisher, tenant_id=tenant_id, desk_id=desk_id, endpoint_id=self._endpoint_id
        )

    def message(self, text: str) -> e.MessageReceived:
        """A message of one of the customers."""
        name = f"customer-{self.published % CUSTOMERS}"
        return e.MessageReceived(
            reply_to=ReplyAddress(
                channel="web_chat",
                endpoint_id=self._endpoint_id,
                contact_point_id=contact_point_id_of(
                    TenantId(self._desk[0]), AddressFamily.WEB, name
                ),
                family=AddressFamily.WEB,
                address=name,
            ),
            provider_message_id=fresh_event_id(),
            content=Content(text=text),
        )

    async def say(self, data: e.EventData, *, event_id: str = "") -> int:
        """Publish one event, a fresh one unless its id is given; returns its offset."""
        tenant_id, desk_id = self._desk
        value = encode_event(
            data,
            event_id=event_id or fresh_event_id(),
            source="test",
            time=clock.now(),
            tenant_id=tenant_id,
            desk_id=desk_id,
        )
        place = await self._publisher.publish(
            ROUTING_EVENTS, key=routing_key(tenant_id, desk_id), value=value
        )
        self.published += 1
        return place.offset
