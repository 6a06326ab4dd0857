"""What all parts of a desk's configuration share: the base class and the bounded numbers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from libs.common.contracts.terms import Name

Proficiency = Annotated[int, Field(ge=1, le=5)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Units = Annotated[int, Field(ge=0, le=100)]
Skills = Annotated[dict[Name, Proficiency], Field(max_length=64)]
Requirements = Annotated[dict[Name, Proficiency], Field(max_length=16)]
StrictClass = Annotated[int, Field(ge=0, le=9)]
Rank = Annotated[int, Field(ge=1, le=100)]


class Document(BaseModel):
    """A part of the configuration: immutable, and unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
