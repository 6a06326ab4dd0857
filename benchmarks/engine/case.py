"""One case in a process of its own: `python -m benchmarks.engine.case '{"agents": 1000, ...}'`.

Time is the processor time of the engine's decisions and of the collections that the router plans
between them. Making the events is the world's work and no part of a step (R3). What else the
machine does still matters: two processes share a core's caches. Work is counted in a second,
shorter stretch and does not depend on the machine at all. Prints one JSON object.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import process_time

import orjson

from benchmarks import machine, profiled
from benchmarks.engine.big_desk import QUEUES, TOPICS_PER_QUEUE, big_desk
from benchmarks.engine.counting import Work, counting, counting_deadlines
from benchmarks.engine.workload import START_MS, Counts, Day
from services.router.collector import PlannedCollector

# How long somebody waits at full load: this spreads the arrivals, and so what falls due.
WAIT_MS = 180_000
# What an agent takes of those who wait, as soon as they come: about 2.6 each, as it was seen.
TAKEN_PER_AGENT = 2.6
ROUNDS_PER_LOOK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`waiting` items wait all the time; 0 is light load: a quarter of the agents have work.

    `profile` is a file for where the time goes.
    """

    agents: int
    profiles: int
    waiting: int
    rounds: int
    counted_rounds: int
    queues: int = QUEUES
    topics: int = TOPICS_PER_QUEUE
    profile: str = ""

    def day(self) -> Day:
        """The desk as it opens, with nobody there."""
        return Day(
            big_desk(
                agents=self.agents,
                profiles=self.profiles,
                queues=self.queues,
                topics=self.topics,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one case took. A step is an input event or a fired deadline (R3).

    `pause_ms` is the collector's longest while events came, under the router's plan;
    `unplanned_pause_ms` is what it takes to go through everything.
    """

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
    unplanned_pause_ms: float
    work_per_step: dict[str, float]


def run(case: Case) -> Measured:
    """Fill the desk, run the rounds timed, then the other ones counted."""
    collector = PlannedCollector()
    collector.begin()
    before_kib = machine.resident_kib()
    day = case.day()
    agents_kib = machine.resident_kib() - before_kib
    arrive(day, case)
    items_kib = machine.resident_kib() - agents_kib - before_kib
    come_to_work(day, case)
    collector.loaded()
    with _pauses() as pauses_s, _profiled(case.profile):
        counts = _timed(day, case, collector.look)
    spent_s = counts.spent_s + sum(pauses_s)
    return Measured(
        events_per_s=counts.inputs / spent_s,
        steps_per_s=counts.steps / spent_s,
        us_per_step=1e6 * spent_s / counts.steps,
        deadlines_per_event=counts.fired / counts.inputs,
        us_by_event={kind: 1e6 * median(took) for kind, took in counts.took_s.items()},
        events=counts.events,
        waiting=day.waiting,
        owned=day.owned,
        kib_per_item=items_kib / max(arriving(case), 1),
        kib_per_agent=agents_kib / case.agents,
        pause_ms=1_000 * max(pauses_s, default=0.0),
        unplanned_pause_ms=_unplanned_pause_ms(),
        work_per_step=counted(day, case),
    )


def arriving(case: Case) -> int:
    """How many arrive before the agents do, so that as many wait as are to wait afterwards."""
    return case.waiting + int(TAKEN_PER_AGENT * case.agents) if case.waiting else 0


def arrive(day: Day, case: Case) -> None:
    """Those who wait when it begins come evenly over the time that anybody waits."""
    for number in range(arriving(case)):
        day.advance_to(START_MS + WAIT_MS * number // case.waiting)
        day.customer_writes()


def come_to_work(day: Day, case: Case) -> None:
    """The agents come and take what waits; where nothing does, a quarter of them get a customer."""
    for number in range(case.agents):
        day.agent_arrives(number)
        day.answer_offers()
    if not case.waiting:
        for _ in range(case.agents // 4):
            day.customer_writes()
            day.answer_offers()


def go_on(day: Day, case: Case, rounds: int, *, look: Callable[[], None] | None = None) -> None:
    """Each round time goes on, a customer writes, somebody closes, and offers are answered."""
    begun_ms, between_ms = day.now_ms, WAIT_MS / (case.waiting or case.agents)
    for done in range(1, rounds + 1):
        day.advance_to(begun_ms + int(done * between_ms))
        day.customer_writes()
        if day.owned:
            day.someone_closes()
        day.answer_offers()
        if look is not None and done % ROUNDS_PER_LOOK == 0:
            look()


def counted(day: Day, case: Case) -> dict[str, float]:
    """What the engine looks at and changes in each step, by what it is, and altogether."""
    day.counts, work = Counts(), Work()
    with counting_deadlines(day.counts), counting(work):
        go_on(day, case, case.counted_rounds)
    return work.per_step(day.counts.steps)


def _timed(day: Day, case: Case, look: Callable[[], None]) -> Counts:
    day.counts = Counts()
    with counting_deadlines(day.counts):
        go_on(day, case, case.rounds, look=look)
    return day.counts


@contextmanager
def _profiled(file: str) -> Iterator[None]:
    if file:
        profiled.begin()
    yield
    if file:
        profiled.write(Path(file))


@contextmanager
def _pauses() -> Iterator[list[float]]:
    """Gives what each collection inside the block took, in processor seconds."""
    pauses_s: list[float] = []
    begun_s = 0.0

    def note(phase: str, _: dict[str, int]) -> None:
        nonlocal begun_s
        if phase == "start":
            begun_s = process_time()
        else:
            pauses_s.append(process_time() - begun_s)

    gc.callbacks.append(note)
    yield pauses_s
    gc.callbacks.remove(note)


def _unplanned_pause_ms() -> float:
    """A collection with nothing set aside, as Python's own comes now and then."""
    gc.unfreeze()
    begun_s = process_time()
    gc.collect()
    return 1_000 * (process_time() - begun_s)


if __name__ == "__main__":
    measured = run(Case(**orjson.loads(sys.argv[1])))
    sys.stdout.buffer.write(orjson.dumps(asdict(measured)) + b"\n")
