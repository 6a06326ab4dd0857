"""A new configuration meets work that is not simply waiting in its line."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import ParticipantKind
from tests.unit.services.router.core.world import World, a_desk, offered, types

NO_RULES: list[object] = []


def an_agent(agent_id: str, *queues: str, units: int = 2) -> dict[str, object]:
    """An agent who serves these queues."""
    ranks = dict.fromkeys(queues, 1)
    return {"agent_id": agent_id, "queues": ranks, "capacity_units": units}


def configure(world: World, desk: DeskConfiguration) -> tuple[d.AnyDecision, ...]:
    """The new document, and what it makes of the open work."""
    world.hear(e.DeskConfigured(configuration=desk))
    return world.tick()


@pytest.mark.parametrize("kind", [ParticipantKind.CONSULTANT, ParticipantKind.MONITOR])
def test_a_removed_participant_leaves_the_conversation_to_its_owner(kind: ParticipantKind) -> None:
    """Only what an agent owns is taken back when the agent is no longer configured."""
    world = World(a_desk())
    world.arrives("ann")
    reservation = offered(world.message("zoe"))
    world.accept(reservation)
    world.arrives("cem")
    invited = e.ParticipantInvited(
        agent_id="ann",
        conversation_id=reservation.conversation_id,
        participant_id="cem",
        kind=kind,
    )
    world.hear(invited)

    decisions = configure(world, a_desk(agents=[an_agent("ann", "general")], rules=NO_RULES))

    assert types(decisions) == ["participant_removed", "rematch_ended"]


def test_an_unreachable_monitor_does_not_take_the_conversation_back() -> None:
    """Whoever listens in without a stream owns nothing that could be taken back."""
    world = World(a_desk())
    world.arrives("cem", connection_id="page-1")
    world.hear(e.AgentDisconnected(agent_id="cem", connection_id="page-1"))
    world.arrives("ann")
    reservation = offered(world.message("zoe"))
    world.accept(reservation)
    monitored = e.ParticipantInvited(
        agent_id="cem",
        conversation_id=reservation.conversation_id,
        participant_id="cem",
        kind=ParticipantKind.MONITOR,
    )
    world.hear(monitored)

    assert "work_item_queued" not in types(world.tick(after_s=61))
