"""What a JSON document may be, and on which line a mistake stands."""

import pytest

from libs.common.documents.json_document import read_json
from libs.common.documents.lines import DEPTH_MAX
from libs.common.documents.problems import DocumentError


def test_values_and_lines_are_read() -> None:
    """Each field and item is known with the line it stands on."""
    text = '{\n"a": 1,\n"b": ["x",\n {"y": null}],\n"c": {}\n}'

    document = read_json(text)

    assert document.value == {"a": 1, "b": ["x", {"y": None}], "c": {}}
    assert document.line_by_path == {
        ("a",): 2,
        ("b",): 3,
        ("b", 0): 3,
        ("b", 1): 4,
        ("b", 1, "y"): 4,
        ("c",): 5,
    }


def test_punctuation_inside_strings_is_text() -> None:
    """Brackets, quotes and line ends inside strings move nothing."""
    document = read_json('{"a": "}{[,:\\"\\n",\n"\\u0062]": 2}')

    assert document.line_by_path == {("a",): 1, ("b]",): 2}


def test_plain_value_is_a_document() -> None:
    """A document need not be an object."""
    document = read_json(" 5 ")

    assert document.value == 5
    assert document.line_of(("a", 1)) == 1


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"a": 1,\n', 2, "not valid JSON"),
        ('{"a": NaN}', 1, "not valid JSON"),
        ('{"a": 1,\n"a": 2}', 2, "this key stands twice"),
        ("[" * 200 + "]" * 200, 1, f"nested deeper than {DEPTH_MAX} levels"),
        ("[" * 50_000, 1, "not valid JSON"),
    ],
)
def test_broken_json_is_refused(text: str, line: int, problem: str) -> None:
    """Broken, ambiguous or too deep: refused with its line."""
    with pytest.raises(DocumentError) as refusal:
        read_json(text)

    assert refusal.value.problems[0].line == line
    assert refusal.value.problems[0].problem == problem


def test_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document with too many values is refused."""
    monkeypatch.setattr("libs.common.documents.json_document.DOCUMENT_VALUES_MAX", 2)

    with pytest.raises(DocumentError, match="more than 2 values"):
        read_json("[1, 2, 3]")
