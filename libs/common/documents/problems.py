"""What is wrong with a document or a batch, place by place, without repeating its values."""

from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from libs.common.errors import InvalidInputError

PROBLEMS_MAX = 100
FIELD_LENGTH_MAX = 200
PROBLEM_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: the field's path with dots, and its line (from 1) where lines are known."""

    field: str
    problem: str
    line: int | None = None


class DocumentError(InvalidInputError):
    """The document or batch has mistakes; `problems` names at most `PROBLEMS_MAX` of them."""

    def __init__(self, detail: str, problems: list[Problem]) -> None:
        super().__init__(detail)
        self.problems = tuple(problems[:PROBLEMS_MAX])


# pydantic quotes the type that it was sent in these two; and a union's tag is no part of a path.
_OWN_WORDS = {
    "union_tag_invalid": "type: not one that may be sent here",
    "union_tag_not_found": "type: missing",
}


def field_of(location: tuple[int | str, ...]) -> str:
    """A field's path as people read it: `queues.2.offer.timeout_s`, bounded in length."""
    return ".".join(str(part) for part in location)[:FIELD_LENGTH_MAX]


def problem_of(details: ErrorDetails) -> str:
    """What pydantic found, in its words, bounded in length; never the value that it found."""
    problem = _OWN_WORDS.get(details["type"]) or details["msg"].removeprefix("Value error, ")
    return problem[:PROBLEM_LENGTH_MAX]


def problems_of(error: ValidationError, *, tags: frozenset[str] = frozenset()) -> list[Problem]:
    """The mistakes of a document that has no lines; `tags` are union tags to leave out of paths."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        Problem(
            field=field_of(tuple(part for part in item["loc"] if part not in tags)),
            problem=problem_of(item),
        )
        for item in details[:PROBLEMS_MAX]
    ]
