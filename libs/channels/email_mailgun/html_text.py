"""The readable text of an HTML mail, in time linear in its length.

Own code because the standard library's parser can be made to take quadratic time (3.11 and
3.12), and a mail comes from anybody.
"""

import html
import re

# Possessive: what one part of the pattern took is never tried again by the next.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)[^<>]*+>|<[!?][^<>]*+>")
_UNSHOWN = ("script", "style", "title")
_LINE_ENDS = frozenset(
    {
        *("address", "article", "aside", "br", "dd", "div", "dl", "dt", "fieldset", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
        *("nav", "ol", "option", "p", "pre", "section", "table", "tbody", "tr", "ul"),
    }
)
_CELLS = frozenset(("td", "th"))
_QUOTE = "blockquote"
_DEPTH_MAX = 8
_BLANKS = re.compile(r"[ \t\r\f\v\n\xa0]+")
_LINE_GAPS = re.compile(r"\n{3,}")


def text_of_html(source: str) -> str:
    """The text as lines; what is quoted stands behind `> `, as plain text mails do it."""
    shown = _without(source, re.compile(r"<!--"), re.compile(r"-->"))
    for name in _UNSHOWN:
        opening = re.compile(rf"<{name}\b[^<>]*+>", re.IGNORECASE)
        shown = _without(shown, opening, re.compile(rf"</{name}\s*>", re.IGNORECASE))
    return _LINE_GAPS.sub("\n\n", _Lines().read(shown)).strip()


def _without(source: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    kept = []
    place = 0
    while found := opening.search(source, place):
        end = closing.search(source, found.end())
        if end is None:  # Never closed: what follows is shown rather than lost.
            kept.append(source[place : found.start()])
            return "".join([*kept, source[found.end() :]])
        kept.append(source[place : found.start()])
        place = end.end()
    return "".join([*kept, source[place:]])


class _Lines:
    """Text between tags, gathered into lines at the depth of quotation where it stands."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0

    def read(self, source: str) -> str:
        place = 0
        for tag in _TAG.finditer(source):
            self._line.append(source[place : tag.start()])
            self._pass_tag((tag[2] or "").lower(), is_end=tag[1] == "/")
            place = tag.end()
        self._line.append(source[place:])
        self._end_line()
        return "\n".join(self._lines)

    def _pass_tag(self, name: str, *, is_end: bool) -> None:
        if name in _LINE_ENDS:
            self._end_line()
        elif name in _CELLS:
            self._line.append(" ")
        elif name == _QUOTE:
            self._end_line()
            self._depth = max(0, self._depth - 1) if is_end else min(self._depth + 1, _DEPTH_MAX)

    def _end_line(self) -> None:
        text = _BLANKS.sub(" ", html.unescape("".join(self._line))).strip()
        self._line = []
        # Nested blocks end many lines at one place: a blank line stands once.
        if text or (self._lines and self._lines[-1]):
            self._lines.append(("> " * self._depth + text) if text else "")
