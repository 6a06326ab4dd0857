"""Indexes what was loaded, kind after kind, each entity as it is indexed when it changes."""

from collections.abc import Callable, Mapping
from typing import Any

from services.router.core.entities import (
    Agent,
    Desk,
    Entity,
)
from services.router.core.escalations import index_escalation
from services.router.core.evolve_aftercare import index_closed, index_follow_up
from services.router.core.evolve_alerts import index_window
from services.router.core.indexing import (
    index_agent,
    index_connection,
    index_contact_point,
    index_desk,
    index_hours,
    index_item,
    index_replica,
)
from services.router.core.sla import index_instance
from services.router.core.state import Key, PartitionState


def take_in(state: PartitionState, found: Mapping[str, Mapping[Key, Entity]]) -> None:
    """Put what was loaded, by kind and key, into an empty state and index it."""
    for kind in (*_RESTORED, *(found.keys() - _RESTORED.keys())):
        entities = found.get(kind, {})
        state.tables[kind].update(entities)
        index = _RESTORED.get(kind)
        if index is not None:
            for entity in entities.values():
                index(state, entity)


def _index_restored_desk(state: PartitionState, desk: Desk) -> None:
    index_desk(state, desk.key)


def _index_restored_agent(state: PartitionState, agent: Agent) -> None:
    index_connection(state, agent, before=None)
    index_agent(state, agent)


# In the order in which they build on each other: desks, agents, items, then what counts them. The
# others are found by their keys alone.
_RESTORED: dict[str, Callable[[PartitionState, Any], None]] = {
    "desk": _index_restored_desk,
    "replica": index_replica,
    "agent": _index_restored_agent,
    "work_item": index_item,
    "queue_pace": index_hours,
    "contact_point": index_contact_point,
    "sla_instance": index_instance,
    "escalation": index_escalation,
    "alert_window": index_window,
    "closed_conversation": index_closed,
    "follow_up": index_follow_up,
}
