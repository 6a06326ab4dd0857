"""What the API document says of credentials, errors and bodies that are read by hand."""

from typing import Any

from fastapi import FastAPI
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.problems import MEDIA_TYPE

JSON = "application/json"
REFERENCE = "#/components/schemas/{model}"
YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="A JWT, or an API key that begins with `sk_`.",
)
_MEANINGS = {
    401: "No credential, or one that does not verify.",
    403: "The credential lacks the role.",
    404: "No such thing in this credential's reach, or not in the saved state (yet).",
    422: "A parameter or the document is wrong; `errors` says where.",
    503: "No answer now: repeat the request after `Retry-After` seconds.",
}
_MEANINGS_OF_BODIES = {
    400: "The body is not of the announced form (broken JSON, not UTF-8).",
    408: "The body did not arrive in time.",
    413: "The body is larger than is read here.",
    415: "This content type is not read here.",
}


class ProblemDocument(BaseModel):
    """An error, by RFC 9457. It names fields and never repeats what was sent."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None


def _described(meanings: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    schema = ProblemDocument.model_json_schema()
    return {
        status: {"description": meaning, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, meaning in meanings.items()
    }


PROBLEMS = _described(_MEANINGS)
BODY_PROBLEMS = _described(_MEANINGS_OF_BODIES)


def configuration_body() -> dict[str, Any]:
    """The body of a dry run: a desk's configuration as ingest takes it."""
    schema = {"$ref": REFERENCE.format(model=DeskConfiguration.__name__)}
    content = {media_type: {"schema": schema} for media_type in (JSON, YAML_TYPES[0])}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI) -> None:
    """Let the application's OpenAPI document hold the schema of the body that is read by hand."""
    made_by_fastapi = app.openapi

    def document() -> dict[str, Any]:
        is_new = app.openapi_schema is None
        made = made_by_fastapi()
        if is_new:
            own = DeskConfiguration.model_json_schema(ref_template=REFERENCE)
            schemas = made["components"]["schemas"]
            schemas.update(own.pop("$defs"))
            schemas[DeskConfiguration.__name__] = own
        return made

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way
