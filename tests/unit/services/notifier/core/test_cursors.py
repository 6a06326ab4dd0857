"""Tests of places between notifications."""

import pytest

from services.notifier.core.cursors import Cursor, CursorError


def test_cursor_is_read_as_it_was_written() -> None:
    """What a client brings back is the place that it was given."""
    written = str(Cursor(12, 3))

    assert written == "12.3"
    assert Cursor.parse(written) == Cursor(12, 3)


def test_place_behind_a_record_lies_before_all_that_the_next_one_tells() -> None:
    """Joining behind record n shows the first notification of record n + 1 and none of n."""
    behind = Cursor.behind(7)

    assert Cursor(7, 512) < behind < Cursor(8, 1)
    assert Cursor.behind(-1) == Cursor(0, 0)


@pytest.mark.parametrize("text", ["", "7", "7.", ".1", "-1.0", "07.1", "7.1 ", "a.b", "1" * 30])
def test_what_no_message_ever_held_is_no_cursor(text: str) -> None:
    """A cursor that this service never gave is refused without repeating it."""
    with pytest.raises(CursorError) as caught:
        Cursor.parse(text)

    assert caught.value.status == 422
