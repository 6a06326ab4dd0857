"""Reads a YAML document with its lines, and only the plain part of YAML.

Built from the parser's events with a stack of its own, so that depth costs no recursion. What
makes YAML dangerous or surprising is refused or absent: anchors and aliases (a small document that
expands to a huge one), tags (objects), merge keys, keys that stand twice, several documents in
one. Plain words mean what YAML 1.2 says: only `true`, `false`, `null` and numbers are special, so
the language `no` stays a word and there is no infinity or NaN.
"""

import re
from dataclasses import dataclass, field
from typing import Protocol

import yaml
from pydantic import JsonValue

from libs.common.documents.lines import (
    DEPTH_MAX,
    DOCUMENT_VALUES_MAX,
    Path,
    ReadDocument,
    document_error,
)
from libs.common.documents.problems import DocumentError

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}(\.[0-9]{0,18})?)([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, JsonValue] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")


class SupportsLine(Protocol):
    """A place in the text, as both of the parser's kinds of marks tell it; lines from 0."""

    @property
    def line(self) -> int:
        """The line, from 0."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A mapping or sequence whose end was not met yet; `key` is the one that awaits its value."""

    path: Path
    value: dict[str, JsonValue] | list[JsonValue]
    key: str | None = None


@dataclass(slots=True)
class _Reader:
    open: list[_Open] = field(default_factory=list)
    root: JsonValue = None
    lines: dict[Path, int] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        """Take the parser's next event into the document."""
        line = _line_of(event.start_mark)
        if isinstance(event, yaml.NodeEvent):
            self._refuse_reference(event, line)
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, event, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()

    def _refuse_reference(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            raise document_error("anchors and aliases are not allowed", line=line)

    def _take_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.tag is not None and event.tag not in _STRING_TAGS:
            raise document_error("tags are not allowed", line=line)
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.value, dict) and parent.key is None:
            self._take_key(parent, event.value, line)
        else:
            is_plain = event.tag is None and event.implicit[0]
            self._place(_plain_value(event.value) if is_plain else event.value, line)

    def _take_key(self, parent: _Open, key: str, line: int) -> None:
        if key in parent.value:
            raise document_error("this key stands twice", line=line, path=(*parent.path, key))
        parent.key = key

    def _begin(
        self, value: dict[str, JsonValue] | list[JsonValue], event: yaml.NodeEvent, line: int
    ) -> None:
        if getattr(event, "tag", None) is not None:
            raise document_error("tags are not allowed", line=line)
        if len(self.open) >= DEPTH_MAX:
            raise document_error(f"nested deeper than {DEPTH_MAX} levels", line=line)
        if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
            raise document_error("a key must be a word", line=line)
        path = self._place(value, line)
        self.open.append(_Open(path=path, value=value))

    def _place(self, value: JsonValue, line: int) -> Path:
        """Put a value where the document has come to; returns its path."""
        if len(self.lines) >= DOCUMENT_VALUES_MAX:
            raise document_error(f"more than {DOCUMENT_VALUES_MAX} values", line=line)
        if not self.open:
            self.root = value
            return ()
        parent = self.open[-1]
        if isinstance(parent.value, list):
            path: Path = (*parent.path, len(parent.value))
            parent.value.append(value)
        else:
            key = parent.key or ""
            path = (*parent.path, key)
            parent.value[key] = value
            parent.key = None
        self.lines[path] = line
        return path


def read_yaml(text: str) -> ReadDocument:
    """Read one YAML document.

    Raises DocumentError with the line for anything that is not plain, valid YAML.
    """
    reader = _Reader()
    documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise document_error("only one document", line=_line_of(event.start_mark))
            reader.take(event)
    except yaml.YAMLError as error:
        raise _syntax_error(error) from error
    return ReadDocument(value=reader.root, line_by_path=reader.lines)


def _plain_value(text: str) -> JsonValue:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _line_of(mark: SupportsLine | None) -> int:
    return mark.line + 1 if mark is not None else 1


def _syntax_error(error: yaml.YAMLError) -> DocumentError:
    problem = getattr(error, "problem", None) or "not valid YAML"
    return document_error(str(problem), line=_line_of(getattr(error, "problem_mark", None)))
