"""How a dialogue is written: a title, what it is for, its desk, its story, then what happens.

A file is a chapter of dialogues. Each begins with `# ` and its title; then come `for:` (the rules
and complaints that it answers, divided by `;`), perhaps `against:` (how others break there),
`desk:` (a file of `desks/`), perhaps `showing:` and `with:` (YAML laid over the desk), a paragraph
that says why, and the happenings:

    10 s: zoe writes about billing
      -> zoe stands in billing (arrived; by rule bills; needs billing 2)

Lines that begin with `->` are what the engine decided; `--` begins a remark.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.dialogues.desks import Document, laid_over, named_desk

CHAPTERS = Path(__file__).parent / "chapters"
ARROW = "  -> "


@dataclass(slots=True)
class Happening:
    """One thing that happens: the line as written, the YAML under it, what is expected."""

    line: str
    changes: Document = field(default_factory=dict)
    source: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Dialogue:
    """One story. `head` are its lines before the first happening, kept as they are written."""

    chapter: str
    title: str
    answers: tuple[str, ...]
    against: tuple[str, ...]
    desk: Document
    showing: tuple[str, ...]
    story: str
    head: list[str]
    happenings: list[Happening]


def read_chapter(path: Path) -> list[Dialogue]:
    """The dialogues of one file. Raises ValueError that names the dialogue with a mistake."""
    parts: list[list[str]] = []
    for line in path.read_text().splitlines():
        if line.startswith("# "):
            parts.append([])
        if parts:
            parts[-1].append(line.rstrip())
    return [_read_dialogue(path.stem, lines) for lines in parts]


def write_chapter(path: Path, told: list[tuple[Dialogue, list[list[str]]]]) -> None:
    """Write the dialogues with what the engine decides now."""
    blocks = ["\n".join(_lines_of(dialogue, decided)) for dialogue, decided in told]
    path.write_text("\n\n".join(blocks) + "\n")


def chapters() -> list[Path]:
    """All chapters in order."""
    return sorted(CHAPTERS.glob("*.txt"))


def _read_dialogue(chapter: str, lines: list[str]) -> Dialogue:
    title = lines[0].removeprefix("# ")
    header_end = lines.index("")
    story_end = lines.index("", header_end + 1)
    header = yaml.safe_load("\n".join(lines[1:header_end]))
    story = " ".join(lines[header_end + 1 : story_end])
    if not story or "for" not in header:
        raise ValueError(f"{chapter}: {title}: says not why")
    return Dialogue(
        chapter=chapter,
        title=title,
        answers=tuple(part.strip() for part in str(header["for"]).split(";")),
        against=tuple(header.get("against") or ()),
        desk=laid_over(named_desk(header["desk"]), header.get("with") or {}),
        showing=tuple(part.strip() for part in (header.get("showing") or "").split(",")),
        story=story,
        head=lines[:story_end],
        happenings=list(_read_happenings(lines[story_end + 1 :])),
    )


def _read_happenings(lines: list[str]) -> Iterator[Happening]:
    happening: Happening | None = None
    for line in lines:
        if line.startswith(ARROW) and happening is not None:
            happening.expected.append(line.removeprefix(ARROW))
        elif line.startswith("  ") and happening is not None:
            happening.source.append(line)
        elif line:
            if happening is not None:
                yield _with_changes(happening)
            happening = Happening(line)
    if happening is not None:
        yield _with_changes(happening)


def _with_changes(happening: Happening) -> Happening:
    happening.changes = yaml.safe_load("\n".join(happening.source)) or {}
    return happening


def _lines_of(dialogue: Dialogue, decided: list[list[str]]) -> Iterator[str]:
    yield from dialogue.head
    yield ""
    for happening, lines in zip(dialogue.happenings, decided, strict=True):
        yield happening.line
        yield from happening.source
        yield from (f"{ARROW}{line}" for line in lines)
