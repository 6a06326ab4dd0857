"""Providers and other far sides, faked on a local port: what they were asked, what they answer."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.integration.eventually import eventually
from tests.integration.services.notifier.replica import QuietServer


@dataclass(slots=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class FakeProvider:
    """Answers each request with the next of `answers`, and then with `last`."""

    last: Callable[[], Response]
    answers: list[Callable[[], Response]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    delay_s: float = 0

    async def answer(self, request: Request) -> Response:
        """Remember the request and answer it."""
        self.asked.append(Asked(request.url.path, dict(request.headers), await request.body()))
        await asyncio.sleep(self.delay_s)
        return (self.answers.pop(0) if self.answers else self.last)()

    async def asked_times(self, count: int) -> list[Asked]:
        """The requests, once there are so many."""
        await eventually(lambda: len(self.asked) >= count)
        return self.asked


def telegram_ok() -> Response:
    """What Telegram says when it took a message."""
    return JSONResponse({"ok": True, "result": {"message_id": 77}})


def telegram_busy() -> Response:
    """What Telegram says when there was too much."""
    body = {"ok": False, "error_code": 429, "parameters": {"retry_after": 0.2}}
    return JSONResponse(body, status_code=429)


@asynccontextmanager
async def serving(provider: FakeProvider) -> AsyncIterator[FakeProvider]:
    """The provider at work on a free port."""
    app = Starlette(routes=[Route("/{path:path}", provider.answer, methods=["POST"])])
    listening = socket.create_server(("127.0.0.1", 0))
    server = QuietServer(
        uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    )
    running = asyncio.create_task(server.serve(sockets=[listening]))
    provider.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        await running
