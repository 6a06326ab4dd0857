"""What a YAML document may be, and on which line a mistake stands."""

import pytest

from libs.common.documents.lines import DEPTH_MAX
from libs.common.documents.problems import DocumentError
from libs.common.documents.yaml_document import read_yaml


def test_values_and_lines_are_read() -> None:
    """Each field and item is known with the line it stands on."""
    text = "a: 1\nb:\n  - x\n  - y: 2.5\n"

    document = read_yaml(text)

    assert document.value == {"a": 1, "b": ["x", {"y": 2.5}]}
    assert document.line_by_path == {
        ("a",): 1,
        ("b",): 3,
        ("b", 0): 3,
        ("b", 1): 4,
        ("b", 1, "y"): 4,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("-12", -12),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("0x1f", "0x1f"),
        ("2026-01-01", "2026-01-01"),
        ('"5"', "5"),
        ("! 5", "5"),
        ("!!str 5", "5"),
        ("9" * 30, "9" * 30),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """Only true, false, null and plain numbers are special; the language `no` stays a word."""
    document = read_yaml(f"a: {text}\n")

    assert document.value == {"a": value}


def test_document_without_content_is_null() -> None:
    """An empty document is read as nothing, not as a mistake of the reader."""
    document = read_yaml("# only a comment\n")

    assert document.value is None
    assert document.line_of(("a",)) == 1


def test_emoji_and_right_to_left_text_pass_unchanged() -> None:
    """Every letter survives."""
    document = read_yaml("name: 'שלום 👩‍👩‍👧'\n")

    assert document.value == {"name": "שלום 👩‍👩‍👧"}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases are not allowed"),
        ("a:\n  b: &x {}\n", 2, "anchors and aliases are not allowed"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases are not allowed"),
        ("a: !!python/object:os.system {}\n", 1, "tags are not allowed"),
        ("a: !!int 5\n", 1, "tags are not allowed"),
        ("a: !!set [x]\n", 1, "tags are not allowed"),
        ("a: 1\na: 2\n", 2, "this key stands twice"),
        ("? [a, b]\n: 1\n", 1, "a key must be a word"),
        ("a: 1\n---\nb: 2\n", 2, "only one document"),
    ],
)
def test_dangerous_and_surprising_yaml_is_refused(text: str, line: int, problem: str) -> None:
    """What can expand, create objects or hide a mistake is refused with its line."""
    with pytest.raises(DocumentError) as refusal:
        read_yaml(text)

    assert refusal.value.problems[0].line == line
    assert refusal.value.problems[0].problem == problem


def test_broken_yaml_is_refused_with_its_line() -> None:
    """A syntax error names the line where the parser gave up."""
    with pytest.raises(DocumentError) as refusal:
        read_yaml("a: 1\nb: [1, 2\nc: 3\n")

    assert refusal.value.problems[0].line == 3


def test_unreadable_characters_are_refused() -> None:
    """A character that YAML forbids is a mistake without a known line."""
    with pytest.raises(DocumentError) as refusal:
        read_yaml("a: \x01\n")

    assert refusal.value.problems[0].problem


def test_depth_is_bounded() -> None:
    """A depth bomb is refused before it costs anything."""
    with pytest.raises(DocumentError, match="nested deeper"):
        read_yaml("[" * 10_000)

    assert read_yaml("[" * DEPTH_MAX + "]" * DEPTH_MAX).value


def test_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document with too many values is refused."""
    monkeypatch.setattr("libs.common.documents.yaml_document.DOCUMENT_VALUES_MAX", 2)

    with pytest.raises(DocumentError, match="more than 2 values"):
        read_yaml("[1, 2, 3]")
