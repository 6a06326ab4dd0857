"""Indexes entities that were loaded, each as it is indexed when it changes."""

from collections.abc import Callable
from typing import Any

from services.router.core.aftercare import ClosedConversation, FollowUp
from services.router.core.alert_windows import AlertWindow
from services.router.core.entities import (
    Agent,
    ContactPoint,
    Desk,
    Entity,
    QueuePace,
    Replica,
    WorkItem,
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
from services.router.core.promises import Escalation, SlaInstance
from services.router.core.sla import index_instance
from services.router.core.state import PartitionState


def index_restored(state: PartitionState, entity: Entity) -> None:
    """Index an entity that was loaded, in the order of `state.changes_by_kind`."""
    index = _RESTORED.get(type(entity))
    if index is not None:
        index(state, entity)


def _index_restored_desk(state: PartitionState, desk: Desk) -> None:
    index_desk(state, desk.key)


def _index_restored_agent(state: PartitionState, agent: Agent) -> None:
    index_connection(state, agent, before=None)
    index_agent(state, agent)


# The others are found by their keys alone.
_RESTORED: dict[type[Entity], Callable[[PartitionState, Any], None]] = {
    Desk: _index_restored_desk,
    Replica: index_replica,
    Agent: _index_restored_agent,
    WorkItem: index_item,
    QueuePace: index_hours,
    ContactPoint: index_contact_point,
    SlaInstance: index_instance,
    Escalation: index_escalation,
    AlertWindow: index_window,
    ClosedConversation: index_closed,
    FollowUp: index_follow_up,
}
