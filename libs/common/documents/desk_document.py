"""A desk's configuration as its author wrote it: read, validated whole, mistakes by line."""

from collections.abc import Iterator, Sequence

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from libs.common.contracts.configuration import DeskConfiguration, Mistake
from libs.common.documents.desk_contradictions import contradictions
from libs.common.documents.json_document import read_json
from libs.common.documents.lines import Path, ReadDocument
from libs.common.documents.problems import (
    PROBLEM_LENGTH_MAX,
    PROBLEMS_MAX,
    DocumentError,
    Problem,
    field_of,
    problem_of,
)
from libs.common.documents.yaml_document import read_yaml
from libs.common.errors import MalformedBodyError

# With every default written out, as it travels: its decision must fit into one record as well.
CONFIGURATION_BYTES_MAX = 1_800_000


def read_desk_configuration(body: bytes, *, is_json: bool) -> DeskConfiguration:
    """The configuration that the document says.

    Raises MalformedBodyError when it is not UTF-8 text, DocumentError with line, field and problem
    of each mistake otherwise. Contradictions are looked for once every part is valid by itself.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBodyError("the document is not UTF-8 text") from error
    document = read_json(text) if is_json else read_yaml(text)
    try:
        # Strictly and as JSON: a quoted number or a yes in the place of a number is a mistake.
        configuration = DeskConfiguration.model_validate_json(
            orjson.dumps(document.value), strict=True
        )
    except ValidationError as error:
        raise _refusal(list(_mistakes(error)), document) from error
    found = list(contradictions(configuration))
    if found:
        raise _refusal(found, document)
    _check_size(configuration, document)
    return configuration


def _mistakes(error: ValidationError) -> Iterator[Mistake]:
    for item in error.errors(include_url=False, include_input=False):
        path = _path_of(item)
        inner: Sequence[Mistake] = item.get("ctx", {}).get("mistakes", ())
        if inner:
            for mistake in inner:
                yield Mistake((*path, *mistake.path), mistake.problem)
        else:
            yield Mistake(path, problem_of(item))


def _path_of(item: ErrorDetails) -> Path:
    # pydantic marks a mistake in a key, not in its value, by a last part "[key]".
    return tuple(part for part in item["loc"] if part != "[key]")


def _refusal(mistakes: Sequence[Mistake], document: ReadDocument) -> DocumentError:
    problems = [
        Problem(
            field=field_of(mistake.path),
            problem=mistake.problem[:PROBLEM_LENGTH_MAX],
            line=document.line_of(mistake.path),
        )
        for mistake in mistakes[:PROBLEMS_MAX]
    ]
    return DocumentError(
        f"the configuration has {len(mistakes)} mistake(s); the desk's present one stays in force",
        problems,
    )


def _check_size(configuration: DeskConfiguration, document: ReadDocument) -> None:
    size = len(configuration.model_dump_json(exclude_none=True).encode())
    if size > CONFIGURATION_BYTES_MAX:
        problem = f"{size} bytes with all defaults, at most {CONFIGURATION_BYTES_MAX} are taken"
        raise _refusal([Mistake((), problem)], document)
