"""Tests of what the router hears of connections and replicas."""

import asyncio

import pytest

from libs.common.contracts.events import AgentConnected, AgentDisconnected, NotifierAlive
from libs.common.contracts.terms import DeskId, TenantId
from libs.common.errors import UnavailableError
from services.notifier import presence as module
from services.notifier.presence import Connection, Presence
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.fakes import FakePublisher


def connection() -> Connection:
    """A new stream of the agent."""
    return Connection(tenant_id=TenantId(b.TENANT), desk_id=DeskId(b.DESK), agent_id=b.AGENT)


def presence_over(publisher: FakePublisher) -> Presence:
    """The presence of one replica."""
    return Presence(publisher, replica_id="pod-1", partitions=3, alive_interval_s=60)


async def test_edges_of_a_connection_are_told_under_its_id() -> None:
    """Connected and disconnected name the same connection; each connection is a new one."""
    publisher = FakePublisher()
    presence, one = presence_over(publisher), connection()
    telling = asyncio.create_task(presence.tell_disconnects())

    await presence.connected(one)
    presence.disconnected(one)
    await presence.flush()
    telling.cancel()

    opened, ended = (event.data for event in publisher.events)
    assert opened == AgentConnected(
        agent_id=b.AGENT, connection_id=one.connection_id, replica_id=presence.replica_id
    )
    assert ended == AgentDisconnected(agent_id=b.AGENT, connection_id=one.connection_id)
    assert connection().connection_id != one.connection_id


async def test_connection_that_can_t_be_told_must_not_stay_open() -> None:
    """The caller hears of the outage."""
    with pytest.raises(UnavailableError):
        await presence_over(FakePublisher(failures=1)).connected(connection())


async def test_disconnect_is_told_until_it_is_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An outage delays the news and does not lose it."""
    monkeypatch.setattr(module, "RETRY_WAIT_S", 0)
    publisher = FakePublisher(failures=3)
    presence = presence_over(publisher)
    telling = asyncio.create_task(presence.tell_disconnects())

    presence.disconnected(connection())
    await presence.flush()
    telling.cancel()

    assert len(publisher.events) == 1


async def test_flush_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaving process does not wait for ever; its silence tells the rest."""
    monkeypatch.setattr(module, "STOP_TIMEOUT_S", 0.01)
    presence = presence_over(FakePublisher())
    presence.disconnected(connection())

    await presence.flush()

    assert presence.replica_id.startswith("pod-1.")


async def test_full_queue_of_disconnects_drops_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The memory is bounded even when Kafka is away for long."""
    monkeypatch.setattr(module, "DISCONNECTS_MAX", 1)
    publisher = FakePublisher()
    presence = presence_over(publisher)

    presence.disconnected(connection())
    presence.disconnected(connection())
    telling = asyncio.create_task(presence.tell_disconnects())
    await presence.flush()
    telling.cancel()

    assert len(publisher.events) == 1


async def test_every_partition_hears_that_the_replica_lives() -> None:
    """One event per partition at once, and an outage of one is survived."""
    publisher = FakePublisher(failures=1)
    presence = presence_over(publisher)
    living = asyncio.create_task(presence.stay_alive())
    async with asyncio.timeout(5):
        while len(publisher.events) < 2:  # noqa: ASYNC110 - the fake sets no event
            await asyncio.sleep(0)
    living.cancel()

    assert publisher.partitions == [1, 2]
    assert {event.data for event in publisher.events} == {
        NotifierAlive(replica_id=presence.replica_id)
    }
