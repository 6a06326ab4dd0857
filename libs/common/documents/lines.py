"""A read document: its values, and on which line each of them stands."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from libs.common.documents.problems import DocumentError, Problem, field_of

Path = tuple[int | str, ...]
DEPTH_MAX = 32
DOCUMENT_VALUES_MAX = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """The value of a whole document with the line (from 1) of each field and item in it."""

    value: JsonValue
    line_by_path: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of the field, or of the nearest part around it that stands in the document."""
        for length in range(len(path), 0, -1):
            line = self.line_by_path.get(path[:length])
            if line is not None:
                return line
        return 1


def document_error(problem: str, *, line: int, path: Path = ()) -> DocumentError:
    """The error for a document that can't be read past one place."""
    found = Problem(field=field_of(path), problem=problem, line=line)
    return DocumentError(f"line {line}: {problem}", [found])
