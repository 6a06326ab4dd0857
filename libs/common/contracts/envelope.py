"""The CloudEvents 1.0 envelope (structured JSON) around every record on every topic."""

from collections.abc import Callable
from typing import Any, Final, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from libs.common.contracts.terms import Identifier, Name
from libs.common.errors import UnprocessableError

CONTENT_TYPE = "application/cloudevents+json"
TRACEPARENT_PATTERN = r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"


class Envelope(BaseModel):
    """One record. `data` is what `type` says; `deskid` is empty where no desk is concerned.

    `time` says when the sender saw it happen. The engine's clock is the broker's append time.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: Identifier
    source: str = Field(min_length=1, max_length=256)
    type: str = Field(min_length=1, max_length=128)
    time: AwareDatetime
    subject: str | None = Field(default=None, max_length=256)
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = Field(default=None, max_length=256)
    tenantid: Name | Literal[""] = ""
    deskid: Name | Literal[""] = ""
    traceparent: str | None = Field(default=None, pattern=TRACEPARENT_PATTERN)
    data: Any

    def encode(self) -> bytes:
        """The record's bytes."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)


# What `model_validate` calls, without its questions: asked for every event and by every reader.
_VALIDATE: Final[Callable[[object], Envelope]] = Envelope.__pydantic_validator__.validate_python


def decode_envelope(value: bytes | None) -> Envelope:
    """Read a record; `data` stays as parsed JSON.

    Raises UnprocessableError, without any of the content, when it is not a CloudEvent of ours.
    """
    try:
        return _VALIDATE(orjson.loads(value or b""))
    except orjson.JSONDecodeError as error:
        raise UnprocessableError("record is not JSON") from error
    except ValidationError as error:
        raise UnprocessableError(f"record is not a CloudEvent: {describe(error)}") from error


def describe(error: ValidationError) -> str:
    """Name the fields that failed and why, never the values: those may be customers' texts."""
    return "; ".join(
        f"{'.'.join(str(part) for part in item['loc']) or 'document'}: {item['type']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)[:8]
    )
