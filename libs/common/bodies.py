"""Request bodies: limited while they stream in, read within a time, nested only so deep."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import clock
from libs.common.errors import InvalidInputError, MalformedBodyError, UnsupportedMediaError
from libs.common.problems import problem

API_BODY_BYTES_MAX = 1024 * 1024
WEBHOOK_BODY_BYTES_MAX = 256 * 1024
BODY_READ_TIMEOUT_S = 30.0
JSON_DEPTH_MAX = 32


class BodyLimit:
    """ASGI middleware: a body over its limit is answered with 413 whatever its Content-Length
    says, a body that does not arrive in time with 408.

    `limits` maps path prefixes to bytes; the longest prefix that fits counts.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        bytes_max: int = API_BODY_BYTES_MAX,
        limits: Mapping[str, int] | None = None,
        read_timeout_s: float = BODY_READ_TIMEOUT_S,
    ) -> None:
        self._app = app
        self._bytes_max = bytes_max
        self._limits = sorted((limits or {}).items(), key=lambda entry: -len(entry[0]))
        self._read_timeout_s = read_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > limit:
            answer = problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "Body too large",
                f"at most {limit} bytes are read here",
            )
            await answer(scope, receive, send)
            return
        await self._app(scope, _Counted(receive, limit, self._read_timeout_s), send)

    def _limit_of(self, path: str) -> int:
        for prefix, limit in self._limits:
            if path.startswith(prefix):
                return limit
        return self._bytes_max


class _Counted:
    """The body's channel. HTTPException passes through FastAPI's body parsing as it is; any other
    error would become a 400 there.
    """

    def __init__(self, receive: Receive, bytes_max: int, timeout_s: float) -> None:
        self._receive = receive
        self._bytes_max = bytes_max
        self._bytes = 0
        self._is_complete = False
        self._deadline_s = clock.monotonic_s() + timeout_s

    async def __call__(self) -> Message:
        if self._is_complete:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._deadline_s - clock.monotonic_s())):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, "the body did not arrive", {"Connection": "close"}
            ) from error
        self._bytes += len(message.get("body", b""))
        self._is_complete = not message.get("more_body", False)
        if self._bytes > self._bytes_max:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"at most {self._bytes_max} bytes are read here",
            )
        return message


def parse_json(body: bytes, *, depth_max: int = JSON_DEPTH_MAX) -> Any:  # noqa: ANN401 - any JSON
    """The JSON value of a body.

    Raises MalformedBodyError when it is none, InvalidInputError when it nests deeper than allowed.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBodyError("the body is not JSON") from error
    if is_deeper(value, depth_max):
        raise InvalidInputError(f"the body nests deeper than {depth_max} levels")
    return value


def is_deeper(value: object, depth_max: int) -> bool:
    """Whether lists and objects nest in each other more than `depth_max` times."""
    level = [value]
    for _ in range(depth_max + 1):
        level = [
            part
            for outer in level
            if isinstance(outer, dict | list)
            for part in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def require_media_type(request: Request, *allowed: str) -> str:
    """The request's media type, without its parameters.

    Raises UnsupportedMediaError unless it is one of those allowed.
    """
    found = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if found not in allowed:
        raise UnsupportedMediaError(f"send {' or '.join(allowed)}")
    return found
