"""Outside's words brought into the contracts' bounds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from libs.channels.normalisation import (
    clean_reference,
    clean_short,
    clean_text,
    content_of,
    identifier_of,
    name_of,
    plausible_ms,
)
from libs.common.contracts.content import Attachment, Content
from libs.common.contracts.terms import TEXT_LENGTH_MAX, Identifier

ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a\r\nb\rc\t d \n", "a\nb\nc\t d"),
        ("a\x00b\x1b[31m\x7f", "ab[31m"),
        ("\ud800x\udfff", "x"),
        ("e\u0301", "é"),
        ("\u202bשלום\u202c 👩‍👩‍👧", "\u202bשלום\u202c 👩‍👩‍👧"),  # noqa: RUF001 - Hebrew
    ],
)
def test_text_keeps_what_people_wrote(text: str, cleaned: str) -> None:
    """Control characters go; letters, emoji and direction marks stay."""
    assert clean_text(text) == cleaned


@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT, subject=ANY_TEXT)
def test_any_text_makes_valid_content(text: str, subject: str) -> None:
    """Whatever came, the contract accepts what becomes of it, and it can be encoded."""
    content = content_of(text, subject=subject)

    adapter = TypeAdapter(Content)
    assert adapter.validate_json(adapter.dump_json(content)) == content


def test_long_text_is_cut_and_marked() -> None:
    """One character too many."""
    content = content_of("x" * (TEXT_LENGTH_MAX + 1))

    assert (len(content.text), content.is_cut) == (TEXT_LENGTH_MAX, True)
    assert not content_of("x" * TEXT_LENGTH_MAX).is_cut


def test_empty_text_has_a_stand_in() -> None:
    """A file without words, and a message without either."""
    file = Attachment(name="a", media_type="b")

    assert content_of(" ", attachments=(file,) * 40).text == "[attachment]"
    assert len(content_of("", attachments=(file,) * 40).attachments) == 32
    assert content_of("\x00").text == "[empty message]"


def test_short_text_is_one_line() -> None:
    """Names and subjects have no line ends and an end."""
    assert clean_short(" a\n b\t") == "a b"
    assert len(clean_short("x" * 600) or "") == 500
    assert clean_short(None) is clean_short(" ") is None


def test_reference_is_whole_or_nothing() -> None:
    """Half a reference points nowhere."""
    assert clean_reference("file-1") == "file-1"
    assert clean_reference("") is clean_reference("x" * 1_001) is clean_reference("a\n") is None


@settings(max_examples=150, deadline=None)
@given(first=st.lists(ANY_TEXT, max_size=3), second=st.lists(ANY_TEXT, max_size=3))
def test_identifier_is_valid_and_as_different_as_its_parts(
    first: list[str], second: list[str]
) -> None:
    """Any parts give a valid identifier; equal ones only if the parts are equal."""
    TypeAdapter(Identifier).validate_python(identifier_of(*first))

    assert (identifier_of(*first) == identifier_of(*second)) == (first == second)


def test_readable_identifier_stays_readable() -> None:
    """What fits is not hashed; what doesn't, is."""
    assert identifier_of("456", "123") == "456/123"
    assert identifier_of("x" * 129).startswith("b2_")


@pytest.mark.parametrize(
    ("text", "name"),
    [("en-US", "en-us"), ("zh_Hant", "zh-hant"), (" ru ", "ru"), ("", None), (None, None),
     ("русский", None), ("x" * 65, None)],
)  # fmt: skip
def test_name_is_lowered_or_nothing(text: str | None, name: str | None) -> None:
    """A language as the contracts write it."""
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("sent_at_ms", "expected"),
    [(500, 500), (None, 1_000), (-1, 1_000), (0, 1_000), (10**15, 1_000), (float("nan"), 1_000)],
)
def test_impossible_time_gives_way_to_the_receipt(sent_at_ms: float | None, expected: int) -> None:
    """The sender's clock is believed within reason."""
    assert plausible_ms(sent_at_ms, received_at_ms=1_000) == expected
