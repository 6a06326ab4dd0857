"""JSON Schemas of all that travels: each event, and each record of the decision log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import TypeAdapter

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.envelope import Envelope
from libs.common.contracts.events import EVENT_TYPES
from libs.common.contracts.records import RECORD_TYPES

DESK_CONFIGURATION = "desk-configuration.v1"
EXAMPLE = Path(__file__).parent / "examples" / "desk.yaml"
_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def pretty(document: object) -> str:
    """A document as JSON that diffs well."""
    return orjson.dumps(document, option=_PRETTY).decode()


def schema_documents() -> Iterator[tuple[str, str]]:
    """One file for each type, named by it."""
    yield "api/schemas/envelope.json", pretty(Envelope.model_json_schema())
    yield f"api/schemas/{DESK_CONFIGURATION}.json", pretty(_desk_configuration())
    for name, event in EVENT_TYPES.items():
        yield f"api/schemas/{name}.json", pretty(event.model_json_schema())
    for name, record in RECORD_TYPES.items():
        yield f"api/schemas/{name}.json", pretty(TypeAdapter(record).json_schema())


def _desk_configuration() -> dict[str, Any]:
    """What an administrator's editor checks a desk's document by, with the example in it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/schemas/{DESK_CONFIGURATION}.json",
        **DeskConfiguration.model_json_schema(),
        "examples": [yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))],
    }
