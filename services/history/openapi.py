"""What the API document says of credentials and errors, which FastAPI can't see by itself."""

from typing import Any

from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict

from libs.common.problems import MEDIA_TYPE

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="A JWT, or an API key that begins with `sk_`.",
)
_MEANINGS = {
    401: "No credential, or one that does not verify.",
    403: "The credential lacks the role.",
    404: "No such thing in this credential's reach.",
    422: "A parameter is wrong; `errors` says which.",
    503: "The memory does not answer; repeat the request after `Retry-After` seconds.",
}


class ProblemDocument(BaseModel):
    """An error, by RFC 9457. It names parameters and never repeats what was sent."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": meaning,
        "content": {MEDIA_TYPE: {"schema": ProblemDocument.model_json_schema()}},
    }
    for status, meaning in _MEANINGS.items()
}
