"""Tests of closing streams that the router does not count any more."""

from libs.common.contracts.terms import DeskId, TenantId
from services.notifier.close_codes import CONNECTION_LOST, REPLACED
from services.notifier.hub import Hub, Listener
from services.notifier.open_connections import OpenConnections
from services.notifier.presence import Connection
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.fakes import SCOPE


def opened(connections: OpenConnections) -> tuple[Connection, Listener]:
    """A new stream of the agent, known to the registry."""
    hub = Hub(queue_max=1, recent_max=1)
    listener = hub.listen(SCOPE)
    connection = Connection(tenant_id=TenantId(b.TENANT), desk_id=DeskId(b.DESK), agent_id=b.AGENT)
    connections.add(connection, listener)
    return connection, listener


async def test_stream_is_replaced_once_the_router_knows_the_newer_one() -> None:
    """The older stream closes when the newer is decided, not before."""
    connections = OpenConnections()
    older, older_listener = opened(connections)
    newer, newer_listener = opened(connections)

    connections.observe(b.record(b.connection_changed(older.connection_id)))
    assert not newer_listener.closed.done()
    connections.observe(b.record(b.connection_changed(newer.connection_id)))

    assert older_listener.closed.result() is REPLACED
    assert not newer_listener.closed.done()


async def test_stream_whose_agent_counts_as_gone_is_closed() -> None:
    """An agent who gets no work must not sit before an open stream."""
    connections = OpenConnections()
    connection, listener = opened(connections)

    connections.observe(b.record(b.connection_changed(connection.connection_id)))
    connections.observe(b.record(b.connection_changed(None), b.reservation_opened()))

    assert listener.closed.result() is CONNECTION_LOST


async def test_streams_of_others_and_ended_ones_are_left_alone() -> None:
    """Another desk's decision closes nothing here, nor one about a stream that ended."""
    connections = OpenConnections()
    connection, listener = opened(connections)
    connections.observe(b.record(b.connection_changed(connection.connection_id)))

    connections.observe(b.record(b.connection_changed(None, desk_id="sales")))
    connections.remove(connection)
    connections.remove(connection)
    connections.observe(b.record(b.connection_changed(None)))

    assert not listener.closed.done()
