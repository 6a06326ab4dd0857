"""A desk where everything that can stand between an agent and an item does."""

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.decisions import ReservationOpened
from services.router.core.entities import WorkItem
from tests.unit.services.router.core.world import World, a_desk

SENIORS = {"agent_group_id": "seniors"}


def a_varied_desk(**changes: object) -> DeskConfiguration:
    """Agents who each lack something, and a queue whose plan lowers, widens and opens to all."""
    steps = [
        {"after_s": 60, "lower": {"billing": 1}},
        {"after_s": 60, "widen_to_groups": ["seniors"], "widen_to_queues": ["general"]},
        {"after_s": 60, "anyone": True},
    ]
    document: dict[str, object] = {
        "queues": [
            {"queue_id": "general"},
            {"queue_id": "billing", "requires": {"billing": 3}, "steps": steps},
        ],
        "agent_groups": [SENIORS],
        "agents": [
            {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 4},
            {
                "agent_id": "bob",
                "queues": {"general": 1, "billing": 2},
                "skills": {"billing": 3},
                "capacity_units": 4,
            },
            {
                "agent_id": "cem",
                "queues": {"billing": 1},
                "skills": {"billing": 2},
                "capacity_units": 4,
            },
            {
                "agent_id": "dee",
                "queues": {"billing": 1},
                "skills": {"billing": 5},
                "channels": {"email": 2},
            },
            {
                "agent_id": "eve",
                "queues": {"billing": 1},
                "skills": {"billing": 5},
                "capacity_units": 1,
            },
            {
                "agent_id": "fay",
                "queues": {"billing": 1},
                "skills": {"billing": 4},
                "channels": {"web_chat": 1},
                "groups": ["seniors"],
            },
        ],
    }
    return a_desk(**{**document, **changes})


def only_item(world: World) -> WorkItem:
    """The one open item."""
    (item,) = world.engine.state.work_items()
    return item


def item_of(world: World, reservation: ReservationOpened) -> WorkItem:
    """The item that was offered."""
    return world.engine.state.need(WorkItem, reservation.work_item_id)
