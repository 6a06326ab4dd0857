"""Values: dataclasses that nobody changes, and of which many are made for each record."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(of: type[T]) -> type[T]:
    """Make a value of the class.

    That it is frozen is for the type checker to say: at run time it costs two thirds of making one.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(of)
