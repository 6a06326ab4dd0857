"""Agents' streams on this replica, beside what the router says about them.

The router knows one connection per agent. A stream that it has known and no longer does is closed,
so that an agent never sits before a stream that brings no work.
"""

from dataclasses import dataclass

from libs.common.contracts.decisions import AgentConnectionChanged
from libs.common.contracts.records import DecisionRecord
from services.notifier.close_codes import CONNECTION_LOST, REPLACED
from services.notifier.hub import Listener
from services.notifier.presence import Connection


@dataclass(slots=True, eq=False)
class _Open:
    connection: Connection
    listener: Listener
    is_known: bool = False


class OpenConnections:
    """Which agents' streams are open here."""

    def __init__(self) -> None:
        self._by_agent: dict[tuple[str, str, str], dict[str, _Open]] = {}

    def add(self, connection: Connection, listener: Listener) -> None:
        """This stream is about to be told to the router."""
        found = self._by_agent.setdefault(connection.agent_key, {})
        found[connection.connection_id] = _Open(connection, listener)

    def remove(self, connection: Connection) -> None:
        """This stream has ended."""
        found = self._by_agent.get(connection.agent_key, {})
        found.pop(connection.connection_id, None)
        if not found:
            self._by_agent.pop(connection.agent_key, None)

    def observe(self, record: DecisionRecord) -> None:
        """Close the streams that this counted record says are not the agent's any more."""
        for decision in record.decisions:
            if isinstance(decision, AgentConnectionChanged):
                self._changed(decision)

    def _changed(self, change: AgentConnectionChanged) -> None:
        key = (change.tenant_id, change.desk_id, change.agent_id)
        for one in self._by_agent.get(key, {}).values():
            if one.connection.connection_id == change.connection_id:
                one.is_known = True
            elif one.is_known:
                # A stream that the router does not know yet is newer than what it says here.
                one.listener.close(REPLACED if change.connection_id else CONNECTION_LOST)
