"""What queues say to those who wait and can't mean: a language twice, words nobody fills in."""

import re
from collections.abc import Iterator

from libs.common.contracts.configuration import DeskConfiguration, Mistake, WaitNotice
from libs.common.documents.lines import Path

POSITION, MINUTES = "{position}", "{minutes}"
_PLACEHOLDER = re.compile(r"\{[^}]*\}?")


def wait_notice_mistakes(desk: DeskConfiguration) -> Iterator[Mistake]:
    """Each of them, with its place in the document."""
    for index, queue in enumerate(desk.queues):
        notices = queue.wait_notices.notices if queue.wait_notices is not None else ()
        languages: set[str] = set()
        for number, notice in enumerate(notices):
            path: Path = ("queues", index, "wait_notices", "notices", number)
            if notice.language in languages:
                yield Mistake((*path, "language"), f"named twice: {notice.language}")
            languages.add(notice.language)
            yield from _of_words(path, notice)


def _of_words(path: Path, notice: WaitNotice) -> Iterator[Mistake]:
    named = set(_PLACEHOLDER.findall(notice.text))
    if named - {POSITION, MINUTES}:
        problem = f"of words in braces there are only {POSITION} and {MINUTES}"
        yield Mistake((*path, "text"), problem)
    if MINUTES in named and notice.without_estimate is None:
        problem = f"is needed: text names {MINUTES}, and a queue without a pace has none"
        yield Mistake((*path, "without_estimate"), problem)
    if set(_PLACEHOLDER.findall(notice.without_estimate or "")) - {POSITION}:
        problem = f"of words in braces there is only {POSITION}"
        yield Mistake((*path, "without_estimate"), problem)
