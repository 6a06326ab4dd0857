"""What the data of every event has in common."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class EventData(BaseModel):
    """The data of one event: immutable; a reader ignores fields that it does not know yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]
