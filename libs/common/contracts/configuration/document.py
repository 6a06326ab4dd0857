"""What all parts of a desk's configuration share: the base class, the bounded numbers, and how
they tell that the document contradicts itself.
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from libs.common.contracts.terms import Name

Proficiency = Annotated[int, Field(ge=1, le=5)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Units = Annotated[int, Field(ge=0, le=100)]
Skills = Annotated[dict[Name, Proficiency], Field(max_length=64)]
Requirements = Annotated[dict[Name, Proficiency], Field(max_length=16)]
StrictClass = Annotated[int, Field(ge=0, le=9)]
Rank = Annotated[int, Field(ge=1, le=100)]


class Document(BaseModel):
    """A part of the configuration: immutable, and unknown fields are mistakes.

    What stands below a field is its description in the published schema and in `docs/desk.md`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


Path = tuple[str | int, ...]
MISTAKES_TOLD_MAX = 8


class Mistake(NamedTuple):
    """A contradiction: where it stands, by keys and indexes from the part that tells it."""

    path: Path
    problem: str


def contradiction(mistakes: Sequence[Mistake]) -> PydanticCustomError:
    """The error for a part that contradicts itself. Its context has all `mistakes`, for whoever
    can show them one by one; its text has the first few.
    """
    told = [
        f"{'.'.join(map(str, mistake.path))}: {mistake.problem}".removeprefix(": ")
        for mistake in mistakes[:MISTAKES_TOLD_MAX]
    ]
    context = {"text": "; ".join(told), "mistakes": tuple(mistakes)}
    return PydanticCustomError("contradiction", "{text}", context)
