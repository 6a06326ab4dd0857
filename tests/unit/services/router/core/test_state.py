"""What a save holds: plain documents, and nothing that can't be one."""

import pytest

from services.router.core.entities import Agent
from services.router.core.state import PartitionState
from tests.unit.services.router.core.world import World, a_desk


def test_a_save_holds_only_what_changed() -> None:
    """Deltas: the second take is empty, a dropped entity has no document."""
    world = World(a_desk())
    world.engine.take_changes()
    world.message("zoe")

    kinds = {change.kind for change in world.engine.take_changes()}

    assert kinds == {
        "conversation",
        "contact_point",
        "queue_pace",
        "work_item",
        "remembered_ids",
    }
    assert world.engine.take_changes() == ()


def test_what_is_not_plain_can_not_be_saved() -> None:
    """A mistake in an entity is loud."""
    state = PartitionState()
    agent = Agent(tenant_id="acme", desk_id="support", agent_id="ann")
    agent.connection_id = object()  # type: ignore[assignment]  # the mistake
    state.add(agent, "acme", "support", "ann")

    with pytest.raises(TypeError, match="how to save a object"):
        state.take_changes()
