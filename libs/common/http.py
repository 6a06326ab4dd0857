"""A service's HTTP side: an API with probes, and a process that leaves in order."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

import structlog
import uvicorn
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import problems, telemetry
from libs.common.bodies import (
    API_BODY_BYTES_MAX,
    BodyLimit,
    parse_json,
    require_media_type,
)
from libs.common.errors import ServiceError
from libs.common.health import Health
from libs.common.settings import ServiceSettings

__all__ = ["build_api", "parse_json", "require_media_type", "serve"]

PROBES = frozenset({"/livez", "/readyz", "/metrics"})
KEEP_ALIVE_S = 75
WEBSOCKET_BYTES_MAX = 64 * 1024
WEBSOCKET_PING_S = 20.0
CONNECTIONS_MAX = 10_000
# Open requests and streams get this part of the grace period; the rest is for the clients.
HTTP_GRACE_SHARE = 0.4
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

Step = Callable[[], Awaitable[None]]
log = structlog.get_logger(__name__)


def build_api(
    title: str,
    health: Health,
    *,
    version: str = "1",
    body_bytes_max: int = API_BODY_BYTES_MAX,
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """An API with `/livez`, `/readyz` and `/metrics`, whose every error is a problem document.

    Bodies are limited while they stream: `body_bytes_max` bytes, or what `body_limits` says for
    the longest fitting path prefix. Until the service has started every other path answers 503.
    """
    app = FastAPI(title=title, version=version, docs_url=None, redoc_url=None)
    problems.install(app)
    _add_probes(app, health)
    app.add_middleware(BodyLimit, bytes_max=body_bytes_max, limits=body_limits)
    app.add_middleware(_Door, health=health)
    return app


def _add_probes(app: FastAPI, health: Health) -> None:
    @app.get("/livez", include_in_schema=False)
    async def livez() -> Response:
        return Response(status_code=HTTPStatus.OK if health.is_live else 503)

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        readiness = await health.readiness()
        if readiness.is_ready:
            return Response("ready", media_type="text/plain")
        return problems.problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "Not ready", reasons=readiness.reasons
        )

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Door:
    """Security headers on every answer; nothing but probes before the service has started."""

    def __init__(self, app: ASGIApp, *, health: Health) -> None:
        self._app = app
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not self._health.is_started and scope["path"] not in PROBES:
            answer = problems.problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Unavailable",
                "the service is starting",
                headers={"Retry-After": "1"},
            )
            await answer(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the order of leaving is ours."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: FastAPI,
    settings: ServiceSettings,
    health: Health,
    *,
    on_start: Step,
    on_stop: Step,
    on_draining: Step | None = None,
    websocket_bytes_max: int = WEBSOCKET_BYTES_MAX,
    websocket_ping_s: float = WEBSOCKET_PING_S,
) -> int:
    """Run until SIGTERM, SIGINT or `health.fail`; returns the exit code, 0 or 1.

    The probes answer from the beginning; `on_start` connects. On the way out: not ready, then
    `on_draining` (stop fetching, finish the batch, end the streams) beside the open requests,
    then `on_stop` (flush, disconnect). After `shutdown_grace_s` the process ends, whatever is left.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    health.starting()
    beating = asyncio.create_task(health.beat())
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=max(1, int(settings.shutdown_grace_s * HTTP_GRACE_SHARE)),
            limit_concurrency=CONNECTIONS_MAX,
            ws_max_size=websocket_bytes_max,
            ws_ping_interval=websocket_ping_s,
            ws_ping_timeout=websocket_ping_s,
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        has_started = await _started(on_start, health, stopping, serving)
        if has_started:
            log.info("process.started", port=settings.http_port)
            await _first(stopping.wait(), health.failed.wait(), serving)
    finally:
        deadline = _hard_deadline(settings.shutdown_grace_s)
        health.draining()
        log.info("process.draining", grace_s=settings.shutdown_grace_s)
        server.should_exit = True
        await _finish(serving, on_draining, on_stop)
        beating.cancel()
        telemetry.shutdown()
        deadline.cancel()
    is_clean = stopping.is_set() and not health.failed.is_set()
    log.info("process.ended", is_clean=is_clean)
    return 0 if is_clean else 1


async def _started(
    on_start: Step, health: Health, stopping: asyncio.Event, serving: "asyncio.Task[None]"
) -> bool:
    """Whether the service runs: False when it was told to leave, or failed, before that."""
    starting = asyncio.ensure_future(on_start())
    await _first(starting, stopping.wait(), health.failed.wait(), serving)
    if not starting.done():
        starting.cancel()
        await asyncio.wait([starting])
        return False
    if isinstance(error := starting.exception(), ServiceError):
        health.fail(f"could not start: {error}")
        return False
    starting.result()
    health.started()
    return True


async def _finish(serving: "asyncio.Task[None]", on_draining: Step | None, on_stop: Step) -> None:
    parts: list[Awaitable[None]] = [serving]
    if on_draining is not None:
        parts.append(on_draining())
    outcomes = await asyncio.gather(*parts, return_exceptions=True)
    outcomes += await asyncio.gather(on_stop(), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            log.error("process.stop_failed", exc_info=outcome)


async def _first(*waits: Awaitable[object]) -> None:
    """Return when one is done; those that were made here are cancelled, tasks go on."""
    own = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(own, return_when=asyncio.FIRST_COMPLETED)
    for task, wait in zip(own, waits, strict=True):
        if task is not wait and not task.done():
            task.cancel()


def _hard_deadline(grace_s: float) -> threading.Timer:
    """A thread, so that it fires even when the event loop is stuck."""
    timer = threading.Timer(grace_s, os._exit, args=(1,))
    timer.daemon = True
    timer.start()
    return timer
