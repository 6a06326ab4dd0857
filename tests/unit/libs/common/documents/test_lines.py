"""Where things stand in a document."""

from libs.common.documents.lines import ReadDocument, document_error


def test_line_of_a_missing_part_is_that_of_what_surrounds_it() -> None:
    """The nearest part around it that stands in the document, else the first line."""
    document = ReadDocument(value={}, line_by_path={("a",): 3, ("a", 0): 4})

    lines = [document.line_of(path) for path in [("a", 0, "x"), ("a", 1), ("b",), ()]]

    assert lines == [4, 3, 1, 1]


def test_error_tells_line_and_field() -> None:
    """A document that can't be read past one place says which."""
    error = document_error("no good", line=7, path=("a", 0))

    assert str(error) == "line 7: no good"
    assert (error.problems[0].line, error.problems[0].field) == (7, "a.0")
