"""Many seeds over the cores of the machine: in order of arrival, resumable, failures kept."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from libs.common.decision_log import LogContradictionError
from tests.simulation.kits import KITS
from tests.simulation.oracle import BrokenPromiseError
from tests.simulation.world import World

SOAK = Path(".local") / "soak.json"
PROCESSES_MAX = 8
REASON_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one seed; `broken` names the promise, or is empty.

    `happened` are the types of decisions that count and the kinds of lines of the trace.
    """

    seed: int
    engine: str
    steps: int
    records: int
    broken: str
    happened: frozenset[str] = frozenset()


def run_one(seed: int, engine: str, steps: int) -> Run:
    """One simulated world from beginning to end."""
    world = World(seed, steps=steps, kit=KITS[engine])
    try:
        world.run()
    except (BrokenPromiseError, LogContradictionError) as error:
        broken = " ".join(str(error).split())[:REASON_LENGTH_MAX]
        return Run(seed, engine, steps, len(world.oracle.counted), broken)
    happened = world.oracle.decided | world.counts.keys()
    return Run(seed, engine, steps, len(world.oracle.counted), "", happened)


def run_many(seeds: range, *, engine: str, steps: int) -> Iterator[Run]:
    """All of them, as they finish, on as many processes as there are cores."""
    workers = min(PROCESSES_MAX, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(run_one, seed, engine, steps) for seed in seeds]
        for done in as_completed(running):
            yield done.result()


@dataclass(slots=True)
class Soak:
    """How far a long search has come; written after each portion, so that it can go on."""

    engine: str = "real"
    steps: int = 4_000
    next_seed: int = 1_000_000
    seeds: int = 0
    records: int = 0
    broken: int = 0

    @classmethod
    def resume(cls, path: Path = SOAK) -> "Soak":
        """Where the last one stopped, or the beginning."""
        return cls(**json.loads(path.read_text())) if path.exists() else cls()

    def save(self, path: Path = SOAK) -> None:
        """Remember how far it has come."""
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(asdict(self)))
