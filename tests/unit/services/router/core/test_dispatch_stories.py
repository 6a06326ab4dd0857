"""Who may still be heard when the configuration no longer has them."""

from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from tests.unit.services.router.core.world import World, a_desk, refusal

NO_RULES: list[object] = []
BOB = {"agent_id": "bob", "queues": {"general": 1}}


def test_a_stream_that_ends_while_its_agent_is_not_configured_has_ended() -> None:
    """Configured again, the agent is not taken for present (R20)."""
    world = World(a_desk())
    world.arrives("ann", connection_id="page-1")
    world.hear(e.DeskConfigured(configuration=a_desk(agents=[BOB], rules=NO_RULES)))

    world.hear(e.AgentDisconnected(agent_id="ann", connection_id="page-1"))

    world.hear(e.DeskConfigured(configuration=a_desk()))
    world.tick()
    assert world.message("zoe")[-1].type == "work_item_queued"


def test_nobody_connects_who_is_not_configured() -> None:
    """Only an end is heard from whoever was taken out."""
    world = World(a_desk())
    world.hear(e.DeskConfigured(configuration=a_desk(agents=[BOB], rules=NO_RULES)))

    back = e.AgentConnected(agent_id="ann", connection_id="page-2", replica_id="notifier-0")

    assert refusal(world.hear(back)).reason is RefusalReason.UNKNOWN_AGENT
