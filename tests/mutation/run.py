"""Runs the sample: a process for each mutant, several side by side, results kept as they come.

What is kept is bound to the exact sources and tests, so that a run which was stopped goes on where
it was, and a changed file starts anew.
"""

import contextlib
import hashlib
import importlib
import json
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from libs.common import clock
from tests.mutation.mutants import Mutant, mutated_tree
from tests.mutation.plan import Plan
from tests.mutation.trial import OURS_FAILED, Baseline, attempt, confine, observe

BASELINE_S_MAX = 600
# A mutant may use this many times what its tests need on the sound code.
CPU_FACTOR = 4
# A processor shared with others, or a test that sleeps: wall time is only the second limit.
WALL_FACTOR = 6
POLL_S = 0.01


class BrokenRunError(Exception):
    """The tests fail without any mutant, or the tool itself has failed."""


class Verdict(StrEnum):
    """What the tests did about a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class Result:
    """A mutant's verdict, the test that failed first (if any), and its wall time."""

    mutant_id: str
    verdict: Verdict
    noticed_by: str
    seconds: float


@dataclass(slots=True)
class _Running:
    mutant: Mutant
    told: Path
    log: Path
    began_s: float
    wall_s_max: float


class Runner:
    """One plan's baseline and results."""

    def __init__(self, plan: Plan) -> None:
        plan.check()
        self._plan = plan
        self._folder = plan.state / _fingerprint(plan)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._results = self._folder / "results.jsonl"

    def known(self) -> dict[str, Result]:
        """The results of earlier runs on the same sources and tests."""
        if not self._results.exists():
            return {}
        lines = (json.loads(line) for line in self._results.read_text().splitlines())
        found = (Result(**{**raw, "verdict": Verdict(raw["verdict"])}) for raw in lines)
        return {result.mutant_id: result for result in found}

    def baseline(self) -> Baseline:
        """The sound code's run, made once. Raises BrokenRunError when a test fails."""
        told = self._folder / "baseline.json"
        if not told.exists():
            fresh = told.with_suffix(".new")
            log = self._folder / "baseline.log"
            pid = _fork(lambda: observe(self._plan, fresh), log=log, cpu_s_max=BASELINE_S_MAX)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            if code != 0:
                raise BrokenRunError(f"without a mutant the tests end with {code}: see {log}")
            fresh.rename(told)
        return Baseline.read(told)

    def run(self, mutants: list[Mutant], *, workers: int) -> Iterator[Result]:
        """Judge those that are not known yet; each result is kept before it is told."""
        known = self.known()
        waiting = [mutant for mutant in reversed(mutants) if mutant.mutant_id not in known]
        if not waiting:
            return
        baseline = self.baseline()
        _preload(baseline.modules)
        running: dict[int, _Running] = {}
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    mutant = waiting.pop()
                    tests = baseline.tests_for(mutant)
                    if tests:
                        running.update([self._start(mutant, tests, baseline)])
                    else:
                        yield self._keep(Result(mutant.mutant_id, Verdict.SURVIVED, "", 0.0))
                yield from self._ended(running)
                time.sleep(POLL_S)
        finally:
            for pid in running:
                _end(pid)

    def _start(self, mutant: Mutant, tests: list[str], baseline: Baseline) -> tuple[int, _Running]:
        told = self._folder / f"{mutant.mutant_id}.told"
        told.unlink(missing_ok=True)
        tree = mutated_tree(self._plan.root, mutant)
        needed_s = sum(baseline.seconds[test] for test in tests)
        cpu_s_max = math.ceil(CPU_FACTOR * needed_s + self._plan.cpu_extra_s)
        log = self._folder / f"{mutant.mutant_id}.log"
        pid = _fork(
            lambda: attempt(mutant, tree, tests=tests, told=told), log=log, cpu_s_max=cpu_s_max
        )
        return pid, _Running(mutant, told, log, clock.monotonic_s(), WALL_FACTOR * cpu_s_max)

    def _ended(self, running: dict[int, _Running]) -> Iterator[Result]:
        for pid, one in list(running.items()):
            took_s = clock.monotonic_s() - one.began_s
            found, status = os.waitpid(pid, os.WNOHANG)
            if not found and took_s > one.wall_s_max:
                _end(pid)
                status = signal.SIGXCPU
            elif not found:
                continue
            del running[pid]
            verdict = _verdict(os.waitstatus_to_exitcode(status), one)
            noticed_by = one.told.read_text() if one.told.exists() else ""
            one.told.unlink(missing_ok=True)
            one.log.unlink(missing_ok=True)
            yield self._keep(Result(one.mutant.mutant_id, verdict, noticed_by, round(took_s, 2)))

    def _keep(self, result: Result) -> Result:
        with self._results.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")
        return result


def _verdict(code: int, one: _Running) -> Verdict:
    if code == OURS_FAILED:
        raise BrokenRunError(f"the tool failed on {one.mutant.mutant_id}: see {one.log}")
    if code == 0:
        return Verdict.SURVIVED
    # A mutant that can't be imported, or brings the interpreter down, is noticed too.
    is_endless = code in (-signal.SIGXCPU, -signal.SIGKILL)
    return Verdict.TIMED_OUT if is_endless else Verdict.KILLED


def _fork(work: Callable[[], int], *, log: Path, cpu_s_max: int) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = OURS_FAILED
    try:
        confine(log, cpu_s_max=cpu_s_max)
        code = work()
    except BaseException:  # noqa: BLE001 - the child has no caller; its log is where errors go
        traceback.print_exc()
    finally:
        # Not sys.exit: what the parent registered for its own end is none of the child's business.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end(pid: int) -> None:
    # Its whole group, for a test may have started processes; gone already is as good.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _preload(modules: list[str]) -> None:
    for name in modules:
        # Some exist only once their maker has put them there; a child imports what it needs.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _fingerprint(plan: Plan) -> str:
    digest = hashlib.sha256()
    for path in plan.files():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(plan.root)} {content}\n".encode())
    return digest.hexdigest()[:16]
