"""Every refusal is counted, by door and kind."""

import re
from collections.abc import Awaitable, Callable, Container
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from libs.common.contracts.terms import ChannelName
from libs.common.documents.problems import DocumentError
from libs.common.errors import ServiceError
from libs.common.metrics import INGEST_REFUSED
from services.ingest.core.doors import door_of

Handler = Callable[[Request, Exception], Awaitable[Response]]
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def install(app: FastAPI, channels: Container[ChannelName]) -> None:
    """Count what the application's own handlers answer."""
    for kind in (ServiceError, DocumentError, RequestValidationError, HTTPException):
        answer = cast("Handler", app.exception_handlers[kind])
        app.add_exception_handler(kind, _counting(answer, channels))


def reason_of(error: Exception) -> str:
    """The kind of an error as a metric's label: `malformed_body`, `http_405` ..."""
    if isinstance(error, HTTPException):
        return f"http_{error.status_code}"
    return _HUMP.sub("_", type(error).__name__.removesuffix("Error")).lower()


def _counting(answer: Handler, channels: Container[ChannelName]) -> Handler:
    async def counted(request: Request, error: Exception) -> Response:
        INGEST_REFUSED.labels(door_of(request.url.path, channels), reason_of(error)).inc()
        return await answer(request, error)

    return counted
