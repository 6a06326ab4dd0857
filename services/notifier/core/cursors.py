"""A reader's place in its partition: which notifications of which record it already has.

`offset.told` means: everything of the records before `offset`, and of the record at `offset` what
its first `told` decisions caused. So `n.0` is the place before record n, and places compare as
pairs of numbers. A cursor belongs to one partition; every stream of one desk shares it.
"""

import re
from dataclasses import dataclass

from libs.common.errors import InvalidInputError

_WRITTEN = re.compile(r"(0|[1-9]\d{0,17})\.(0|[1-9]\d{0,3})")


class CursorError(InvalidInputError):
    """The cursor is none that this service ever gave."""

    title = "Not a cursor"


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place between two notifications of one partition."""

    offset: int
    told: int

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read what a client brings back. Raises CursorError."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise CursorError("cursor: expected offset.count, as it stood in a message")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def behind(cls, offset: int) -> "Cursor":
        """The place right behind the whole record at `offset` (-1: before the first)."""
        return cls(offset + 1, 0)

    def __str__(self) -> str:
        return f"{self.offset}.{self.told}"
