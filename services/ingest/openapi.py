"""How the API describes itself where FastAPI can't see it: bodies that are read by hand, the
webhooks' plain route, credentials and problem documents.
"""

from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from libs.common.problems import MEDIA_TYPE

JSON = "application/json"
REFERENCE = "#/components/schemas/{model}"
CREDENTIAL = "bearer"
DESCRIPTION = """\
The front door: everything that customers, agents, integrators and administrators do becomes an
event. A 2xx answer means that Kafka has acknowledged the event on all replicas. A 503 means that
it is unknown: repeat the request as it was, after `Retry-After`. Repeats are harmless wherever the
sender names the event (an idempotency key, a CloudEvent's `source` and `id`, a provider's own id).
"""
_MEANINGS = {
    400: "The body is not of the announced form (broken JSON, not UTF-8).",
    401: "No credential, or one that does not verify.",
    403: "The credential lacks the role, or the body names another tenant.",
    404: "No such desk or endpoint in this credential's reach.",
    408: "The body did not arrive in time.",
    413: "The body is larger than this door takes.",
    415: "This door does not read that content type.",
    422: "A parameter or a field is wrong; `errors` says where.",
    503: "Kafka did not acknowledge in time, or the desk sent far too much for long; repeat the"
    " request after `Retry-After` seconds.",
}


class ProblemDocument(BaseModel):
    """An error, by RFC 9457. It names fields and never repeats what was sent."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[dict[str, Any]] | None = Field(
        default=None, description="Each mistake: `field`, `problem`, and `line` in a document."
    )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem documents that an operation may answer with; all known ones by default."""
    schema = {"$ref": REFERENCE.format(model=ProblemDocument.__name__)}
    return {
        status: {"description": _MEANINGS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in (statuses or tuple(_MEANINGS))
    }


def body(described: dict[str, Any], *, is_required: bool = True) -> dict[str, Any]:
    """An operation's body that is read by hand: for each media type the type that is read."""
    content = {media_type: {"schema": _schema(kind)} for media_type, kind in described.items()}
    return {"requestBody": {"required": is_required, "content": content}}


def _schema(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a model, or a union of models
    return TypeAdapter(kind).json_schema(ref_template=REFERENCE)


def describe(app: FastAPI, webhook_paths: dict[str, Any]) -> None:
    """Let the application's OpenAPI document tell the whole truth."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, webhook_paths)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def _document(app: FastAPI, webhook_paths: dict[str, Any]) -> dict[str, Any]:
    made = get_openapi(
        title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes
    )
    made["paths"] = deepcopy({**made.get("paths", {}), **webhook_paths})
    components = made.setdefault("components", {})
    components["securitySchemes"] = {
        CREDENTIAL: {
            "type": "http",
            "scheme": "bearer",
            "description": "A JWT, or an API key that begins with `sk_`.",
        }
    }
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    schemas[ProblemDocument.__name__] = _schema(ProblemDocument)
    for operations in made["paths"].values():
        for operation in operations.values():
            operation.setdefault("security", [{CREDENTIAL: []}])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schemas.update(content["schema"].pop("$defs", {}))
    # FastAPI's own form of a 422 is never sent.
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return made
