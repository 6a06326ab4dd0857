"""Every refusal is counted, by door and kind, and answered with all that helps its sender."""

import re
from collections.abc import Awaitable, Callable, Container
from dataclasses import asdict
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from libs.common.contracts.terms import ChannelName
from libs.common.errors import ServiceError
from libs.common.metrics import INGEST_REFUSED
from libs.common.problems import problem
from services.ingest.core.doors import door_of
from services.ingest.core.problems import DocumentError

Handler = Callable[[Request, Exception], Awaitable[Response]]
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def install(app: FastAPI, channels: Container[ChannelName]) -> None:
    """Count what the application's own handlers answer, and tell a document's mistakes in full."""
    for kind in (ServiceError, RequestValidationError, HTTPException):
        answer = cast("Handler", app.exception_handlers[kind])
        app.add_exception_handler(kind, _counting(answer, channels))
    app.add_exception_handler(DocumentError, _counting(_document_error, channels))


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


async def _document_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DocumentError)  # noqa: S101 - registered for this class alone
    errors = [
        {name: value for name, value in asdict(found).items() if value is not None}
        for found in error.problems
    ]
    return problem(error.status, error.title, str(error), errors=errors)
