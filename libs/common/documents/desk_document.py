"""A desk's configuration as its author wrote it: read, validated whole, mistakes by line."""

import re
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.documents.json_document import read_json
from libs.common.documents.lines import Path, ReadDocument
from libs.common.documents.problems import (
    PROBLEMS_MAX,
    DocumentError,
    Problem,
    field_of,
    problem_of,
)
from libs.common.documents.yaml_document import read_yaml
from libs.common.errors import MalformedBodyError

_NAMED = re.compile(r"(?P<place>[^:]+): (?:not configured|named twice): (?P<names>.+)")
_ID_FIELDS = {"queues": "queue_id", "agents": "agent_id", "rules": "rule_id"}


def read_desk_configuration(body: bytes, *, is_json: bool) -> DeskConfiguration:
    """The configuration that the document says.

    Raises MalformedBodyError when it is not UTF-8 text, DocumentError with line, field and problem
    of each mistake otherwise.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBodyError("the document is not UTF-8 text") from error
    document = read_json(text) if is_json else read_yaml(text)
    try:
        # Strictly and as JSON: a quoted number or a yes in the place of a number is a mistake.
        return DeskConfiguration.model_validate_json(orjson.dumps(document.value), strict=True)
    except ValidationError as error:
        raise _mistakes(error, document) from error


def _mistakes(error: ValidationError, document: ReadDocument) -> DocumentError:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    problems = [_problem(item, document) for item in details[:PROBLEMS_MAX]]
    return DocumentError(
        f"the configuration has {len(details)} mistake(s); the desk's present one stays in force",
        problems,
    )


def _problem(item: ErrorDetails, document: ReadDocument) -> Problem:
    problem = problem_of(item)
    # pydantic marks a mistake in a key, not in its value, by a last part "[key]".
    path = tuple(part for part in item["loc"] if part != "[key]")
    named = _NAMED.fullmatch(problem) if not path else None
    if named is not None:
        path = _path_of_place(named["place"], document.value)
        first = named["names"].split(", ")[0]
        line = document.line_of((*path, first))
    else:
        line = document.line_of(path)
    return Problem(field=field_of(path), problem=problem, line=line)


def _path_of_place(place: str, value: Any) -> Path:  # noqa: ANN401 - the document as read
    """Contradictions name their place by ids (`queues.billing.requires`); lines go by indexes.

    They are looked for only once every part is valid by itself, so each id is there.
    """
    section, _, rest = place.partition(".")
    if section not in _ID_FIELDS or not rest:
        return tuple(place.split("."))
    ids = [f"{item[_ID_FIELDS[section]]}." for item in value[section]]
    # Ids may hold dots: of `a.` and `a.b.` the longer one is meant.
    found = max((name for name in ids if rest.startswith(name)), key=len)
    return (section, ids.index(found), *rest.removeprefix(found).split("."))
