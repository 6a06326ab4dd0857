"""Mistakes are named by place and kind, bounded, and without the values."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from libs.common.documents.problems import (
    FIELD_LENGTH_MAX,
    PROBLEMS_MAX,
    DocumentError,
    Problem,
    field_of,
    problems_of,
)


class One(BaseModel):
    """A member of a union."""

    type: Literal["one"]
    number: int


class Two(BaseModel):
    """The other member."""

    type: Literal["two"]


def mistakes(value: object) -> list[Problem]:
    """What is wrong with a value that should be one of the two."""
    union = Annotated[One | Two, Field(discriminator="type")]
    try:
        TypeAdapter(union).validate_python(value)
    except ValidationError as error:
        return problems_of(error, tags=frozenset({"one", "two"}))
    return []


def test_tags_of_a_union_are_no_part_of_a_path() -> None:
    """The path is that of the sender's own document."""
    assert [found.field for found in mistakes({"type": "one", "number": "x"})] == ["number"]


def test_unknown_type_is_not_repeated() -> None:
    """What was sent as a type may be anything, and is not echoed."""
    assert mistakes({"type": "secret"})[0].problem == "type: not one that may be sent here"
    assert mistakes({})[0].problem == "type: missing"


def test_everything_is_bounded() -> None:
    """Neither a long path nor many mistakes make a long answer."""
    error = DocumentError("bad", [Problem(field="a", problem="b")] * (PROBLEMS_MAX + 1))

    assert len(error.problems) == PROBLEMS_MAX
    assert len(field_of(("x" * 1_000,))) == FIELD_LENGTH_MAX
