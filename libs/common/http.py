"""A service's HTTP API: its probes, its limits, and the same answers to every mistake."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import clock, metrics, problems
from libs.common.bodies import (
    API_BODY_BYTES_MAX,
    BodyLimit,
    parse_json,
    require_media_type,
)
from libs.common.health import Health
from libs.common.problems import SECURITY_HEADERS
from libs.common.serving import run, serve

__all__ = ["build_api", "parse_json", "require_media_type", "run", "serve"]

PROBES = frozenset({"/livez", "/readyz", "/metrics"})
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_CLOSE: Message = {"type": "websocket.close", "code": 1013, "reason": "starting"}


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
    async def measured() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Door:
    """Every answer gets the security headers and is measured; before the service has started only
    the probes are let in.
    """

    def __init__(self, app: ASGIApp, *, health: Health) -> None:
        self._app = app
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = self._health.is_started or scope.get("path") in PROBES
        if scope["type"] != "http":
            # Without an accept a close is the server's 403.
            await (self._app(scope, receive, send) if is_open else send(_CLOSE))
            return
        began_s, status = clock.monotonic_s(), HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await (self._app if is_open else _starting())(scope, receive, guarded)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            metrics.REQUESTS.labels(method=_method(scope), route=route, status=status).observe(
                clock.monotonic_s() - began_s
            )


def _starting() -> ASGIApp:
    return problems.problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Unavailable",
        "the service is starting",
        headers={"Retry-After": "1"},
    )


def _method(scope: Scope) -> str:
    """A label must not be what a stranger invents."""
    return scope["method"] if scope["method"] in METHODS else "other"
