"""Running a service's process: its probes from the first moment, and an order of leaving."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI

from libs.common import telemetry
from libs.common.connections import BoundedConnection
from libs.common.errors import ServiceError
from libs.common.health import Health
from libs.common.settings import ServiceSettings

KEEP_ALIVE_S = 75
WEBSOCKET_BYTES_MAX = 64 * 1024
WEBSOCKET_PING_S = 20.0
CONNECTIONS_MAX = 10_000
CANCEL_TIMEOUT_S = 5.0
# Open requests and streams get this part of the grace period; the rest is for the clients.
HTTP_GRACE_SHARE = 0.4

Step = Callable[[], Awaitable[None]]
log = structlog.get_logger(__name__)


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
    server = _new_server(app, settings, websocket_bytes_max, websocket_ping_s)
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


def _new_server(
    app: FastAPI, settings: ServiceSettings, websocket_bytes_max: int, websocket_ping_s: float
) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            http=BoundedConnection,
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


def run(main: Coroutine[Any, Any, int]) -> NoReturn:
    """Run a service's main to its end and exit with the code it returns."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(runner.run(main))


async def _started(
    on_start: Step, health: Health, stopping: asyncio.Event, serving: "asyncio.Task[None]"
) -> bool:
    """Whether the service runs: False when it was told to leave, or failed, before that."""
    starting = asyncio.ensure_future(on_start())
    await _first(starting, stopping.wait(), health.failed.wait(), serving)
    if not starting.done():
        starting.cancel()
        await asyncio.wait([starting], timeout=CANCEL_TIMEOUT_S)
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
