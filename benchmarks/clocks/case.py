"""One case in a process of its own: `python -m benchmarks.clocks.case '{"clocks": 1000, ...}'`.

Before it is timed, work is counted while the same conversations get at risk: that does not depend
on the machine. Prints one JSON object.
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from math import inf

import orjson

from benchmarks import machine
from benchmarks.clocks.office import (
    CLOCKS_EACH,
    LATER,
    SOON,
    SOON_S,
    START_MS,
    message,
    office,
)
from benchmarks.clocks.owner import Owner
from benchmarks.engine.counting import Work, counting, counting_deadlines
from benchmarks.engine.workload import Counts
from libs.common.contracts import events as e
from services.router.collector import PlannedCollector

# Those who have time come evenly over so long before the others, who come within a second.
BEFORE_MS, WITHIN_MS = 400_000, 1_000
BESIDE_EVERY_MS = 20.0
# At risk after 48 s: counted around that, timed from a little before what is due.
COUNTED_FROM_S, COUNTED_UNTIL_S, TIMED_FROM_S, UNTIL_S = 47, 57, 59, 80

Numbers = Iterator[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`clocks` run, of which `due` fall due in the same second; without promises none does."""

    clocks: int
    due: int
    promises: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a case took. Lateness by kind of firing, in engine time."""

    late_ms: dict[str, list[int]]
    took_ms: dict[str, int]
    steps_per_s: float
    ticks: int
    largest_record: int
    us_per_arrival: float
    resident_kib: int
    work_per_step: dict[str, float]


class MiscountError(Exception):
    """Something fired more or less often than once for each conversation."""


def run(case: Case) -> Measured:
    """All arrive; then time goes on until the last has fired."""
    collector = PlannedCollector()
    collector.begin()
    before_kib = machine.resident_kib()
    owner = Owner(e.DeskConfigured(configuration=office(promises=case.promises)))
    arrived = _arrive(owner, case)
    us_per_arrival = 1e6 * owner.spent_s / arrived
    resident_kib = machine.resident_kib() - before_kib
    collector.loaded()
    numbers = count(arrived)
    work_per_step = _counted(owner, numbers)
    counts, spent_s, ticks, inputs = Counts(), owner.spent_s, owner.ticks, owner.inputs
    with counting_deadlines(counts):
        _advance(owner, numbers, UNTIL_S)
    firings, steps = owner.firings, counts.fired + owner.inputs - inputs
    if case.promises:
        _check(firings.late_ms, case.due)
    due_ms = START_MS + BEFORE_MS + 1_000 * SOON_S
    return Measured(
        late_ms=dict(firings.late_ms),
        took_ms={kind: last_ms - due_ms for kind, last_ms in firings.last_ms.items()},
        steps_per_s=steps / (owner.spent_s - spent_s),
        ticks=owner.ticks - ticks,
        largest_record=firings.largest_record,
        us_per_arrival=us_per_arrival,
        resident_kib=resident_kib,
        work_per_step=work_per_step,
    )


def _arrive(owner: Owner, case: Case) -> int:
    """Everybody writes; the owner keeps up with them. Returns how many they are."""
    later = case.clocks // CLOCKS_EACH - case.due
    for number in range(later):
        owner.decide(message(number, LATER), START_MS + BEFORE_MS * number // later)
    for number in range(case.due):
        at_ms = START_MS + BEFORE_MS + WITHIN_MS * number // case.due
        owner.decide(message(later + number, SOON), at_ms)
    owner.rest()
    return later + case.due


def _counted(owner: Owner, numbers: Numbers) -> dict[str, float]:
    """Nobody writes meanwhile: each step is a deadline that fires."""
    counts, work = Counts(), Work()
    _advance(owner, numbers, COUNTED_FROM_S, every_ms=inf)
    with counting_deadlines(counts), counting(work):
        _advance(owner, numbers, COUNTED_UNTIL_S, every_ms=inf)
    owner.rest()
    _advance(owner, numbers, TIMED_FROM_S, every_ms=inf)
    return work.per_step(counts.fired)


def _advance(
    owner: Owner, numbers: Numbers, until_s: int, *, every_ms: float = BESIDE_EVERY_MS
) -> None:
    owner.go_on(
        START_MS + BEFORE_MS + 1_000 * until_s,
        say=lambda: message(next(numbers), LATER),
        every_ms=every_ms,
    )


def _check(late_ms: dict[str, list[int]], due: int) -> None:
    found = {kind: len(late) for kind, late in late_ms.items()}
    if len(found) < len(("at risk", "breached", "escalated")) or set(found.values()) != {due}:
        raise MiscountError(f"{due} were due: {found}")


if __name__ == "__main__":
    measured = run(Case(**orjson.loads(sys.argv[1])))
    sys.stdout.buffer.write(orjson.dumps(asdict(measured)) + b"\n")
