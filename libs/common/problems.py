"""Errors as RFC 9457 problem details: what was wrong, never what was sent."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from libs.common.documents.problems import DocumentError
from libs.common.errors import ServiceError, UnauthenticatedError, UnavailableError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
MISTAKES_MAX = 8
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
LOCATION_LENGTH_MAX = 128
CLIENT_LEFT = 499  # As nginx says it; nobody reads it but our metrics.

log = structlog.get_logger(__name__)


def problem(
    status: int,
    title: str,
    detail: str = "",
    *,
    headers: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - extension members are any JSON
) -> JSONResponse:
    """One answer; `more` are extension members."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    # A surprise is answered outside of all middleware, so these headers are set here as well.
    own = SECURITY_HEADERS | (headers or {})
    return JSONResponse({**body, **more}, status, own, media_type=MEDIA_TYPE)


def problem_of(error: ServiceError) -> JSONResponse:
    """The answer that an error of ours stands for; of our own mistakes it tells nothing."""
    headers: dict[str, str] = {}
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, UnavailableError):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    is_ours = error.status == HTTPStatus.INTERNAL_SERVER_ERROR
    return problem(error.status, error.title, "" if is_ours else str(error), headers=headers)


def install(app: FastAPI) -> None:
    """Answer every error of this application with a problem."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(DocumentError, _document_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _client_left)
    app.add_exception_handler(Exception, _surprise)


async def _service_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101 - registered for this class alone
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.failed", exc_info=error)
    return problem_of(error)


async def _document_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DocumentError)  # noqa: S101 - as above
    errors = [
        {name: value for name, value in asdict(found).items() if value is not None}
        for found in error.problems
    ]
    return problem(error.status, error.title, str(error), errors=errors)


async def _validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    mistakes = error.errors()
    if any(mistake["type"] == "json_invalid" for mistake in mistakes):
        return problem(HTTPStatus.BAD_REQUEST, "Malformed body", "the body is not JSON")
    told = [
        {
            "location": ".".join(str(part) for part in mistake["loc"])[:LOCATION_LENGTH_MAX],
            "problem": mistake["type"],
        }
        for mistake in mistakes[:MISTAKES_MAX]
    ]
    detail = "; ".join(f"{mistake['location']}: {mistake['problem']}" for mistake in told)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid input", detail, errors=told)


async def _client_left(_request: Request, _error: Exception) -> Response:
    # The sender gave up in mid-body: nothing of ours failed, and it will come again.
    return Response(status_code=CLIENT_LEFT)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    title = HTTPStatus(error.status_code).phrase
    detail = "" if error.detail == title else str(error.detail)
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, title, detail, headers=headers)


async def _surprise(_request: Request, error: Exception) -> Response:
    log.error("request.failed", exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error")
