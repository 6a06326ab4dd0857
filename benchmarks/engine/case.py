"""One case in a process of its own: `python -m benchmarks.engine.case '{"agents": 1000, ...}'`.

Time is the processor time of the process, so that what else the machine does matters little; it
includes making the events. A single event's time is the median by the clock. Work is counted in a
second, shorter stretch and does not depend on the machine at all. Prints one JSON object.
"""

import gc
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from time import process_time

import orjson

from benchmarks import profiled
from benchmarks.engine.big_desk import big_desk
from benchmarks.engine.counting import Work, counting, counting_deadlines
from benchmarks.engine.workload import START_MS, Counts, Day

# How long somebody waits at full load: this spreads the arrivals, and so what falls due.
WAIT_MS = 180_000
# What the agents take of those who wait as soon as they come.
TAKEN_PER_AGENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`waiting` items wait all the time; 0 is light load: a quarter of the agents have work.

    `profile` is a file for where the time goes. With `is_planned` false the collector runs by
    itself, over everything, as it does in any process.
    """

    agents: int
    profiles: int
    waiting: int
    rounds: int
    counted_rounds: int = 0
    profile: str = ""
    is_planned: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one case took. A step is an input event or a fired deadline (R3)."""

    events_per_s: float
    steps_per_s: float
    us_per_step: float
    deadlines_per_event: float
    us_by_event: dict[str, float]
    events: dict[str, int]
    waiting: int
    owned: int
    kib_per_item: float
    kib_per_agent: float
    pause_ms: float
    work_per_step: dict[str, float] = field(default_factory=dict)


def run(case: Case) -> Measured:
    """Fill the desk, run the rounds timed, then the other ones counted."""
    if case.is_planned:
        gc.disable()
    before_kib = _resident_kib()
    day = Day(big_desk(agents=case.agents, profiles=case.profiles))
    agents_kib = _resident_kib() - before_kib
    _arrivals(day, case)
    items_kib = _resident_kib() - agents_kib - before_kib
    _agents_come(day, case)
    if case.is_planned:
        gc.freeze()
    pauses: list[float] = []
    if case.profile:
        profiled.begin()
    counts, spent_s = _timed(day, case, pauses)
    if case.profile:
        profiled.write(Path(case.profile))
    return Measured(
        events_per_s=counts.inputs / spent_s,
        steps_per_s=counts.steps / spent_s,
        us_per_step=1e6 * spent_s / counts.steps,
        deadlines_per_event=counts.fired / counts.inputs,
        us_by_event={kind: 1e6 * median(took) for kind, took in counts.took_s.items()},
        events=counts.events,
        waiting=day.waiting,
        owned=day.owned,
        kib_per_item=items_kib / _arriving(case),
        kib_per_agent=agents_kib / case.agents,
        pause_ms=1_000 * max(pauses, default=0.0),
        work_per_step=_counted(day, case),
    )


def _arriving(case: Case) -> int:
    """How many arrive before the agents do, so that as many wait as are to wait afterwards."""
    return case.waiting + TAKEN_PER_AGENT * case.agents if case.waiting else 1


def _arrivals(day: Day, case: Case) -> None:
    """Those who wait when it begins, evenly over the time that anybody waits."""
    if case.waiting:
        for number in range(_arriving(case)):
            day.advance_to(START_MS + WAIT_MS * number // case.waiting)
            day.customer_writes()


def _agents_come(day: Day, case: Case) -> None:
    for number in range(case.agents):
        day.agent_arrives(number)
        day.answer_offers()
    if not case.waiting:
        for _ in range(case.agents // 4):
            day.customer_writes()
            day.answer_offers()


def rounds(day: Day, case: Case, number: int) -> None:
    """Each: time goes on, a customer writes, somebody closes, offers are answered."""
    begun_ms, between_ms = day.now_ms, WAIT_MS / (case.waiting or case.agents)
    for done in range(1, number + 1):
        day.advance_to(begun_ms + int(done * between_ms))
        day.customer_writes()
        if day.owned:
            day.someone_closes()
        day.answer_offers()


def _timed(day: Day, case: Case, pauses: list[float]) -> tuple[Counts, float]:
    day.counts = Counts()
    with counting_deadlines(day.counts):
        begun_s = process_time()
        rounds(day, case, case.rounds)
        spent_s = process_time() - begun_s
    if case.is_planned:
        begun_s = process_time()
        gc.collect()
        pauses.append(process_time() - begun_s)
    return day.counts, spent_s


def _counted(day: Day, case: Case) -> dict[str, float]:
    if not case.counted_rounds:
        return {}
    day.counts, work = Counts(), Work()
    with counting_deadlines(day.counts), counting(work):
        rounds(day, case, case.counted_rounds)
    return work.per_step(day.counts.steps)


def _resident_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    measured = run(Case(**orjson.loads(sys.argv[1])))
    sys.stdout.buffer.write(orjson.dumps(asdict(measured)) + b"\n")
