"""Cursors: where a page ended, as an opaque text that a client hands back unchanged.

A cursor names a position and nothing else: no tenant, no customer. Whoever uses it sees only what
the credential allows, and entries that arrive between two pages move nothing.
"""

import base64
import binascii
from enum import StrEnum

from libs.common.errors import InvalidInputError
from services.history.core.positions import POSITION_PATTERN

CURSOR_LENGTH_MAX = 64


class Listing(StrEnum):
    """What a cursor pages through; one listing's cursor is refused by the other."""

    TIMELINE = "t1."
    TRANSCRIPT = "s1."


def write_cursor(listing: Listing, position: str) -> str:
    """The cursor of the page that ended at `position`."""
    return base64.urlsafe_b64encode(f"{listing}{position}".encode()).decode().rstrip("=")


def read_cursor(listing: Listing, cursor: str) -> str:
    """The position that the cursor names. Raises InvalidInputError when we never wrote it."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise InvalidInputError("cursor: not one of ours") from error
    position = text.removeprefix(listing)
    if position == text or not POSITION_PATTERN.fullmatch(position):
        raise InvalidInputError("cursor: not one of this listing")
    return position
