"""What all decisions share."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def decision(of: type[T]) -> type[T]:
    """Make a decision of the class: a dataclass that nobody changes.

    That it is frozen is for the type checker to say: at run time it costs three quarters of making
    one, and the engine makes several for each event.
    """
    return dataclass(slots=True, kw_only=True)(of)


@decision
class Decision:
    """What all decisions share; the tenant is empty only where no desk is concerned."""

    tenant_id: str
    desk_id: str
