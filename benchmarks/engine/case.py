"""One case in a process of its own: `python -m benchmarks.engine.case '{"agents": 1000, ...}'`.

Time is processor time of the process, so that what else the machine does matters little. Work is
counted in a second, shorter stretch: rows, lines and heap operations that the engine looked at or
made, which do not depend on the machine at all. Prints one JSON object.
"""

import gc
import resource
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch

import orjson

from benchmarks.engine.big_desk import big_desk
from benchmarks.engine.workload import Counts, Day
from services.router.core import matching
from services.router.core.bench import Population
from services.router.core.deadlines import Deadlines
from services.router.core.queueing import Line

# Input events a second of engine time: what decides how many deadlines fall due beside them.
EVENTS_PER_S = 2_000
REPLICA_EVERY_MS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`waiting` items wait all the time; 0 is light load: one of four agents' places is taken."""

    agents: int
    profiles: int
    waiting: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one case took. A step is an input event or a fired deadline (R3)."""

    events_per_s: float
    steps_per_s: float
    us_per_step: float
    work_per_step: float
    kib_per_item: float
    kib_per_agent: float
    pause_ms: float
    waiting: int
    deadlines_per_event: float


def run(case: Case) -> Measured:
    """Fill the desk, run the rounds timed, then a tenth of them counted."""
    before = _resident_kib()
    day = Day(big_desk(agents=case.agents, profiles=case.profiles))
    with_agents = _resident_kib()
    for number in range(case.waiting):
        day.customer_writes()
        day.now_ms += 1 if number % 2 else 0
    with_items = _resident_kib()
    for number in range(case.agents):
        day.agent_arrives(number)
        if case.waiting:
            day.answer_offers()
    if not case.waiting:
        for _ in range(case.agents // 4):
            day.customer_writes()
            day.answer_offers()
    gc.collect()
    # As the router does after loading: what lives long is not looked at again.
    gc.freeze()
    elapsed_s, counts = _timed(day, case.rounds)
    work = _counted(day, max(case.rounds // 10, 1))
    steps = counts.events + counts.fired
    return Measured(
        events_per_s=counts.events / elapsed_s,
        steps_per_s=steps / elapsed_s,
        us_per_step=1e6 * elapsed_s / steps,
        work_per_step=work,
        kib_per_item=(with_items - with_agents) / max(case.waiting, 1),
        kib_per_agent=(with_agents - before) / case.agents,
        pause_ms=_longest_pause_ms(),
        waiting=sum(item.state == "queued" for item in day.engine.state.work_items()),
        deadlines_per_event=counts.fired / counts.events,
    )


def _timed(day: Day, rounds: int) -> tuple[float, Counts]:
    day.counts = Counts()
    gc.disable()
    begun = process_time()
    _rounds(day, rounds)
    elapsed_s = process_time() - begun
    gc.enable()
    return elapsed_s, day.counts


def _rounds(day: Day, rounds: int) -> None:
    """Each: a customer writes, somebody closes, offers are answered; what is due fires."""
    due_replica_ms = day.now_ms
    for number in range(rounds):
        day.now_ms += number * 3_000 // EVENTS_PER_S - (number - 1) * 3_000 // EVENTS_PER_S
        if day.now_ms >= due_replica_ms:
            day.replica_lives()
            due_replica_ms = day.now_ms + REPLICA_EVERY_MS
        day.customer_writes()
        if day.owned:
            day.someone_closes()
        day.answer_offers()
        day.tick()


def _counted(day: Day, rounds: int) -> float:
    """Rows and lines looked at, seats, places and deadlines changed, for each step."""
    counted = 0

    def counting(function: Any, of: Any) -> Any:  # noqa: ANN401 - any function of the engine
        def wrapped(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            nonlocal counted
            counted += of(arguments)
            return function(*arguments, **named)

        return wrapped

    def one(_: object) -> int:
        return 1

    with ExitStack() as patches:
        for owner, name, of in (
            (matching, "_ranked", lambda arguments: len(arguments[2])),
            (matching, "_best", lambda arguments: len(arguments[2])),
            (Population, "put", one),
            (Population, "remove", one),
            (Line, "add", one),
            (Line, "remove", one),
            (Deadlines, "set", one),
        ):
            function = counting(getattr(owner, name), of)
            patches.enter_context(patch.object(owner, name, function))
        day.counts = Counts()
        _rounds(day, rounds)
    return counted / (day.counts.events + day.counts.fired)


def _longest_pause_ms() -> float:
    """A planned collection of the young, as the router makes it when idle; the old are frozen."""
    begun = perf_counter()
    gc.collect()
    return 1_000 * (perf_counter() - begun)


def _resident_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    measured = run(Case(**orjson.loads(sys.argv[1])))
    sys.stdout.buffer.write(orjson.dumps(asdict(measured)) + b"\n")
