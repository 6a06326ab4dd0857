"""JSON Schemas of all that travels: each event, and each record of the decision log."""

from collections.abc import Iterator

import orjson
from pydantic import TypeAdapter

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.envelope import Envelope
from libs.common.contracts.events import EVENT_TYPES
from libs.common.contracts.records import RECORD_TYPES

_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def pretty(document: object) -> str:
    """A document as JSON that diffs well."""
    return orjson.dumps(document, option=_PRETTY).decode()


def schema_documents() -> Iterator[tuple[str, str]]:
    """One file for each type, named by it."""
    yield "api/schemas/envelope.json", pretty(Envelope.model_json_schema())
    yield "api/schemas/desk-configuration.json", pretty(DeskConfiguration.model_json_schema())
    for name, event in EVENT_TYPES.items():
        yield f"api/schemas/{name}.json", pretty(event.model_json_schema())
    for name, record in RECORD_TYPES.items():
        yield f"api/schemas/{name}.json", pretty(TypeAdapter(record).json_schema())
