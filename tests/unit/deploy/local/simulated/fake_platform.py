"""A platform that tells one agent what a test says, and keeps what the agent posts."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from deploy.local.simulated.agents import SimulatedAgent
from deploy.local.simulated.serving import HttpServer

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
async def at_work(platform: FakePlatform, agent: SimulatedAgent) -> AsyncIterator[None]:
    """The agent is connected and greeted, and works until the block ends."""
    working = asyncio.create_task(agent.run())
    await platform.arrived()
    assert await platform.next_post() == ("presence", {"presence": "available"})
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
