"""What queues say of their closed hours and can't mean: circles, and what would never be used.

A circle of queues that follow the sun is none: work goes only to a queue that is open.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from libs.common.contracts.configuration import DeskConfiguration, Mistake, OutOfHours
from libs.common.documents.lines import Path

NEXT_OPENING = "{next_opening}"
_PLACEHOLDER = re.compile(r"\{[^}]*\}?")


def out_of_hours_mistakes(desk: DeskConfiguration) -> Iterator[Mistake]:
    """Each of them, with its place in the document."""
    moves = _moves(desk, ("move",))
    for index, queue in enumerate(desk.queues):
        path: Path = ("queues", index, "out_of_hours")
        if queue.calendar is None and queue.out_of_hours != OutOfHours():
            yield Mistake(path, "never used: the queue names no calendar, so it is always open")
        yield from _of_notices(path, queue.out_of_hours)
        if queue.out_of_hours.queue == queue.queue_id:
            yield Mistake((*path, "queue"), "the queue itself; name another, or do: wait")
        else:
            yield from _of_circle((*path, "queue"), queue.queue_id, moves)


def moves_from(desk: DeskConfiguration, queue_ids: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Where work may come to from these queues out of hours, however often it is moved: place and
    queue, each once.
    """
    indexes = {queue.queue_id: index for index, queue in enumerate(desk.queues)}
    moves = _moves(desk, ("move", "follow_the_sun"))
    left: set[str] = set()
    for first in queue_ids:
        queue_id = first
        while queue_id in moves and queue_id not in left:
            left.add(queue_id)
            yield ("queues", indexes[queue_id], "out_of_hours", "queue"), moves[queue_id]
            queue_id = moves[queue_id]


def _moves(desk: DeskConfiguration, ways: Sequence[str]) -> Mapping[str, str]:
    return {
        queue.queue_id: queue.out_of_hours.queue
        for queue in desk.queues
        if queue.out_of_hours.queue is not None and queue.out_of_hours.do in ways
    }


def _of_circle(path: Path, queue_id: str, moves: Mapping[str, str]) -> Iterator[Mistake]:
    """Told at each queue of a circle, not at those that only lead into one."""
    passed = [queue_id]
    while passed[-1] in moves and moves[passed[-1]] not in passed:
        passed.append(moves[passed[-1]])
    if moves.get(passed[-1]) == queue_id:
        way = " to ".join([*passed, queue_id])
        yield Mistake(path, f"moves in a circle: {way}; let one of them wait")


def _of_notices(path: Path, out_of_hours: OutOfHours) -> Iterator[Mistake]:
    if out_of_hours.do == "message_only" and not out_of_hours.notices:
        yield Mistake(path, "message_only needs notices: nobody would tell the customer")
    languages: set[str] = set()
    for index, notice in enumerate(out_of_hours.notices):
        at = (*path, "notices", index)
        if notice.language in languages:
            yield Mistake((*at, "language"), f"named twice: {notice.language}")
        languages.add(notice.language)
        if set(_PLACEHOLDER.findall(notice.text)) - {NEXT_OPENING}:
            yield Mistake((*at, "text"), f"of words in braces there is only {NEXT_OPENING}")
