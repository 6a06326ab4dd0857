"""A simulated agent works like a person at the real doors, and comes back after a lost socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.simulated.agents import AgentIdentity, Manner, SimulatedAgent
from deploy.local.simulated.http_connections import HttpConnections
from deploy.local.simulated.provider_log import ProviderLog
from tests.unit.deploy.local.simulated.fake_platform import FakePlatform, at_work

QUICK = Manner(think_s=0, write_s=0)


@asynccontextmanager
async def anna_at_work(
    tmp_path: Path, manner: Manner = QUICK
) -> AsyncIterator[tuple[FakePlatform, SimulatedAgent]]:
    """An agent at a fake platform, connected and greeted."""
    platform, log = FakePlatform(), ProviderLog(tmp_path / "log")
    async with platform.server:
        http = HttpConnections(platform.server.url)
        agent = SimulatedAgent(
            AgentIdentity(tenant_id="acme", desk_id="support", agent_id="anna", token="t"),
            http=http,
            notifier_url=platform.server.url.replace("http", "ws"),
            log=log,
            manner=manner,
        )
        try:
            async with at_work(platform, agent):
                yield platform, agent
        finally:
            http.close()
            log.close()


async def test_an_agent_takes_a_conversation_from_offer_to_wrap_up(tmp_path: Path) -> None:
    """Accepts, answers, closes and wraps up, each as the stream tells of it."""
    async with anna_at_work(tmp_path) as (platform, agent):
        await platform.tell(
            "reservation.opened", {"reservation_id": "i1.1", "conversation_id": "c1"}
        )
        accepted = await platform.next_post()
        await platform.tell(
            "work_item.assigned", {"conversation_id": "c1", "reservation_id": "i1.1"}
        )
        answered = await platform.next_post()
        is_open = set(agent.open_conversations)
        await platform.tell("reply.filed", {"conversation_id": "c1", "reply_id": "r1"})
        closed = await platform.next_post()
        await platform.tell("conversation.closed", {"conversation_id": "c1"})
        await platform.tell("work_item.wrapping_up", {"work_item_id": "i1"})
        wrapped_up = await platform.next_post()

    assert accepted == ("reservations/i1.1/accept", {})
    assert answered[0] == "conversations/c1/replies"
    assert is_open == {"c1"}
    assert closed == ("conversations/c1/close", {})
    assert wrapped_up == ("work-items/i1/wrap-up", {"code": "solved"})
    assert agent.conversations_closed == 1


async def test_an_agent_may_decline(tmp_path: Path) -> None:
    """With a manner that rejects everything, the offer is rejected."""
    async with anna_at_work(tmp_path, Manner(think_s=0, rejects=1.0)) as (platform, _):
        await platform.tell(
            "reservation.opened", {"reservation_id": "i1.1", "conversation_id": "c1"}
        )

        assert await platform.next_post() == ("reservations/i1.1/reject", {})


async def test_an_agent_who_was_set_away_for_silence_comes_back(tmp_path: Path) -> None:
    """Whoever let too many offers pass says so again."""
    async with anna_at_work(tmp_path) as (platform, _):
        await platform.tell("agent.presence_changed", {"cause": "ring_no_answer"})

        assert await platform.next_post() == ("presence", {"presence": "available"})


async def test_a_lost_socket_is_resumed_behind_the_last_message(tmp_path: Path) -> None:
    """The second connection brings the cursor of what was heard last."""
    async with anna_at_work(tmp_path) as (platform, _):
        assert platform.socket is not None
        await platform.socket.close(1012)
        await platform.arrived()

    assert platform.cursors == [None, "1.0"]
