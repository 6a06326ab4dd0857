"""Reads a JSON document with its lines: orjson decides what is JSON, a scan finds the lines."""

import re
from dataclasses import dataclass, field

import orjson

from libs.common.documents.lines import (
    DEPTH_MAX,
    DOCUMENT_VALUES_MAX,
    Path,
    ReadDocument,
    document_error,
)

_LEXEME = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]|[^\s{}\[\],:"]+')
_OPENING = frozenset("{[")
_CLOSING = frozenset("}]")


@dataclass(slots=True, kw_only=True)
class _Open:
    """An object or array whose end was not met yet."""

    path: Path
    keys: set[str] | None
    index: int = 0
    key: str | None = None


@dataclass(slots=True)
class _Scan:
    """Walks the lexemes of valid JSON and notes where each value begins."""

    open: list[_Open] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)
    line: int = 1

    def take(self, lexeme: str) -> None:
        """Take the next lexeme."""
        if lexeme == "\n":
            self.line += 1
        elif lexeme == ",":
            self._next()
        elif lexeme in _CLOSING:
            self.open.pop()
        elif lexeme != ":":
            self._value_or_key(lexeme)

    def _next(self) -> None:
        self.open[-1].index += 1
        self.open[-1].key = None

    def _value_or_key(self, lexeme: str) -> None:
        parent = self.open[-1] if self.open else None
        if parent is not None and parent.keys is not None and parent.key is None:
            self._take_key(parent, parent.keys, str(orjson.loads(lexeme)))
            return
        path = self._note(parent)
        if lexeme in _OPENING:
            if len(self.open) >= DEPTH_MAX:
                raise document_error(f"nested deeper than {DEPTH_MAX} levels", line=self.line)
            self.open.append(_Open(path=path, keys=set() if lexeme == "{" else None))

    def _take_key(self, parent: _Open, keys: set[str], key: str) -> None:
        if key in keys:
            raise document_error("this key stands twice", line=self.line, path=(*parent.path, key))
        keys.add(key)
        parent.key = key

    def _note(self, parent: _Open | None) -> Path:
        if parent is None:
            return ()
        if len(self.lines) >= DOCUMENT_VALUES_MAX:
            raise document_error(f"more than {DOCUMENT_VALUES_MAX} values", line=self.line)
        path = (*parent.path, parent.index if parent.key is None else parent.key)
        self.lines[path] = self.line
        return path


def read_json(text: str) -> ReadDocument:
    """Read one JSON document.

    Raises DocumentError with the line for broken JSON, a key that stands twice, or too much depth.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise document_error("not valid JSON", line=error.lineno) from error
    scan = _Scan()
    for found in _LEXEME.finditer(text):
        scan.take(found.group())
    return ReadDocument(value=value, line_by_path=scan.lines)
