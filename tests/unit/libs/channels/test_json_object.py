"""JSON that somebody else defined."""

import pytest

from libs.channels.json_object import JsonObject
from libs.common.errors import InvalidInputError, MalformedBodyError


def test_members_of_the_right_kind_are_read() -> None:
    """Each kind by its own method."""
    read = JsonObject.parse(
        b'\xef\xbb\xbf{"t": "x", "i": 7, "n": 1.5, "b": true, "o": {"t": "y"}, "a": [{}, 5]}'
    )

    assert (read.text("t"), read.integer("i"), read.number("n")) == ("x", 7, 1.5)
    assert (read.number("i"), read.is_true("b"), len(read.children("a"))) == (7.0, True, 1)
    child = read.child("o")
    assert child is not None
    assert child.text("t") == "y"
    assert "t" in read
    assert read.names()[:2] == ("t", "i")


def test_members_of_another_kind_are_nothing() -> None:
    """A provider that changes a member's kind breaks nothing."""
    read = JsonObject({"t": 5, "i": True, "n": True, "b": 1, "o": [], "a": {}, "big": 2**63})

    assert read.text("t") is None
    assert read.integer("i") is None
    assert read.integer("big") is None
    assert read.number("n") is None
    assert read.child("o") is None
    assert not read.is_true("b")
    assert read.children("a") == ()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 3_000, b'{"a": "\\ud800"}'])
def test_broken_json_is_malformed(body: bytes) -> None:
    """Broken, wrongly encoded or nested beyond reason."""
    with pytest.raises(MalformedBodyError):
        JsonObject.parse(body)


@pytest.mark.parametrize("body", [b"5", b"[]", b"null", b'"x"'])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    """A webhook's body is an object."""
    with pytest.raises(InvalidInputError, match="expected an object"):
        JsonObject.parse(body)
