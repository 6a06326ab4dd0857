"""A simulated agent works like a person at the real doors, and comes back after a lost socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from deploy.local.simulated.agents import AgentIdentity, Manner, SimulatedAgent
from deploy.local.simulated.http_connections import HttpConnections
from deploy.local.simulated.provider_log import ProviderLog
from deploy.local.simulated.serving import HttpServer

QUICK = Manner(think_s=0, write_s=0)
TIMEOUT_S = 10.0


class FakePlatform:
    """Tells an agent what the script says, and keeps what the agent posts."""

    def __init__(self) -> None:
        self.posted: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.cursors: list[str | None] = []
        self.socket: WebSocket | None = None
        self._told = 0
        self._arrived = asyncio.Event()
        self.server = HttpServer(
            Starlette(
                routes=[
                    WebSocketRoute("/v1/desks/support/stream", self._stream),
                    Route("/v1/desks/support/{path:path}", self._post, methods=["POST"]),
                ]
            )
        )

    async def _stream(self, socket: WebSocket) -> None:
        await socket.accept()
        self.cursors.append(socket.query_params.get("cursor"))
        self.socket = socket
        self._arrived.set()
        await self.tell("hello", {})
        with suppress(RuntimeError):
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass

    async def arrived(self) -> None:
        """Wait for the agent's next connection."""
        async with asyncio.timeout(TIMEOUT_S):
            await self._arrived.wait()
        self._arrived.clear()

    async def tell(self, message_type: str, body: dict[str, Any]) -> None:
        """Send one message of the stream."""
        assert self.socket is not None
        self._told += 1
        message = {
            "cursor": f"{self._told}.0",
            "id": str(self._told),
            "type": message_type,
            "time": "",
            "traceparent": None,
            "body": body,
        }
        await self.socket.send_text(json.dumps(message))

    async def _post(self, request: Request) -> Response:
        await self.posted.put((request.path_params["path"], await request.json()))
        return JSONResponse({"event_id": "e"}, 202)

    async def next_post(self) -> tuple[str, dict[str, Any]]:
        """What the agent posts next."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self.posted.get()


@asynccontextmanager
async def at_work(
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
        working = asyncio.create_task(agent.run())
        await platform.arrived()
        assert await platform.next_post() == ("presence", {"presence": "available"})
        try:
            yield platform, agent
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            http.close()
            log.close()


async def test_an_agent_takes_a_conversation_from_offer_to_wrap_up(tmp_path: Path) -> None:
    """Accepts, answers, closes and wraps up, each as the stream tells of it."""
    async with at_work(tmp_path) as (platform, agent):
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
    async with at_work(tmp_path, Manner(think_s=0, rejects=1.0)) as (platform, _):
        await platform.tell(
            "reservation.opened", {"reservation_id": "i1.1", "conversation_id": "c1"}
        )

        assert await platform.next_post() == ("reservations/i1.1/reject", {})


async def test_an_agent_who_was_set_away_for_silence_comes_back(tmp_path: Path) -> None:
    """Whoever let too many offers pass says so again."""
    async with at_work(tmp_path) as (platform, _):
        await platform.tell("agent.presence_changed", {"cause": "ring_no_answer"})

        assert await platform.next_post() == ("presence", {"presence": "available"})


async def test_a_lost_socket_is_resumed_behind_the_last_message(tmp_path: Path) -> None:
    """The second connection brings the cursor of what was heard last."""
    async with at_work(tmp_path) as (platform, _):
        assert platform.socket is not None
        await platform.socket.close(1012)
        await platform.arrived()

    assert platform.cursors == [None, "1.0"]
