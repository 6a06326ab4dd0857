"""What cursors promise."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import InvalidInputError
from services.history.core.cursors import CURSOR_LENGTH_MAX, Listing, read_cursor, write_cursor
from services.history.core.positions import Log, Place, position_of

POSITION = position_of(Place(Log.DECISIONS, 3, 17, 1_700_000_000_000), 2)


@pytest.mark.parametrize("listing", Listing)
def test_cursor_comes_back_as_its_position(listing: Listing) -> None:
    """What was written is read."""
    cursor = write_cursor(listing, POSITION)

    assert read_cursor(listing, cursor) == POSITION
    assert len(cursor) <= CURSOR_LENGTH_MAX


def test_cursor_of_another_listing_is_refused() -> None:
    """A timeline does not go on where a transcript ended."""
    cursor = write_cursor(Listing.TRANSCRIPT, POSITION)

    with pytest.raises(InvalidInputError):
        read_cursor(Listing.TIMELINE, cursor)


@pytest.mark.parametrize(
    "cursor",
    ["", "a", "****", "\u00e9", base64.urlsafe_b64encode(b"t1.\xff").decode(), "dDEu", "=="],
)
def test_what_we_never_wrote_is_refused(cursor: str) -> None:
    """A made-up cursor is the sender's mistake, not ours."""
    with pytest.raises(InvalidInputError):
        read_cursor(Listing.TIMELINE, cursor)


@given(st.text(max_size=CURSOR_LENGTH_MAX))
def test_any_text_is_read_or_refused(cursor: str) -> None:
    """No text makes anything else happen."""
    try:
        position = read_cursor(Listing.TIMELINE, cursor)
    except InvalidInputError:
        return
    assert read_cursor(Listing.TIMELINE, write_cursor(Listing.TIMELINE, position)) == position
