"""The three forms of a CloudEvents request: one (structured), a batch, or headers (binary)."""

from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import unquote

import orjson
from pydantic import JsonValue, TypeAdapter, ValidationError

from libs.common.contracts.event_groups import INTEGRATOR_EVENT_TYPES
from libs.common.documents.problems import DocumentError, Problem, problems_of
from libs.common.errors import UnsupportedMediaError
from services.ingest.core.cloud_events import IntegratorEvent

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON = "application/json"
HEADER_PREFIX = "ce-"

_one: TypeAdapter[IntegratorEvent] = TypeAdapter(IntegratorEvent)
_many: TypeAdapter[tuple[IntegratorEvent, ...]] = TypeAdapter(tuple[IntegratorEvent, ...])


class Form(StrEnum):
    """How the events stand in the request."""

    STRUCTURED = "structured"
    BATCH = "batch"
    BINARY = "binary"


def form_of(content_type: str, headers: Iterable[tuple[str, str]]) -> Form:
    """The form that the headers announce; names in lower case.

    Raises UnsupportedMediaError, saying what is read here, for any other.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == STRUCTURED:
        return Form.STRUCTURED
    if media_type == BATCH:
        return Form.BATCH
    if media_type == JSON and any(name == "ce-specversion" for name, _ in headers):
        return Form.BINARY
    raise UnsupportedMediaError(
        f"send {STRUCTURED}, {BATCH}, or {JSON} with the attributes in ce- headers"
    )


def read_events(
    body: bytes,
    value: JsonValue,
    *,
    form: Form,
    headers: Iterable[tuple[str, str]],
    events_max: int,
) -> tuple[IntegratorEvent, ...]:
    """All events of a request, or none; `value` is the body's JSON value.

    Raises DocumentError, naming the event's place and the field of each mistake, when an event is
    not valid or the batch is empty or too long.
    """
    if form is Form.BATCH:
        return _read_batch(body, value, events_max)
    if form is Form.BINARY:
        body = orjson.dumps({**_attributes(headers), "data": value})
    try:
        return (_one.validate_json(body, strict=True),)
    except ValidationError as error:
        raise DocumentError(
            "not a valid event", problems_of(error, tags=INTEGRATOR_EVENT_TYPES)
        ) from error


def _read_batch(body: bytes, value: JsonValue, events_max: int) -> tuple[IntegratorEvent, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= events_max:
        problem = f"a batch is an array of 1 to {events_max} events"
        raise DocumentError(problem, [Problem(field="", problem=problem)])
    try:
        return _many.validate_json(body, strict=True)
    except ValidationError as error:
        raise DocumentError(
            "the batch has mistakes; none was taken",
            problems_of(error, tags=INTEGRATOR_EVENT_TYPES),
        ) from error


def _attributes(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """In HTTP headers attribute values are percent-encoded."""
    return {
        name.removeprefix(HEADER_PREFIX): unquote(value)
        for name, value in headers
        if name.startswith(HEADER_PREFIX)
    }
