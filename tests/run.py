"""Runs the tests in groups, each with its budget, and says at the end what took how long."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import IO

CORES = (
    "services.history.core",
    "services.ingest.core",
    "services.notifier.core",
    "services.router.core",
    "libs.common.decision_log",
)


# Groups that run side by side have servers of their own, under this name.
INSTANCE_VARIABLE = "TESTS_INSTANCE"


@dataclass(frozen=True, slots=True)
class Group:
    """Tests that run together. `budget_s` is a promise to the reader, printed beside the time."""

    name: str
    arguments: tuple[str, ...]
    budget_s: int
    is_measured: bool = False


PURE = ("-m", "not integration and not e2e")
SERVICES, LOG = "tests/unit/services", "tests/unit/libs/common/test_decision_log.py"
ROUTER, SERVERS = "tests/integration/services/router", "tests/integration/deploy"
UNIT = (
    Group("unit: services", (SERVICES, LOG), 120, is_measured=True),
    Group("unit: the rest", ("tests/unit", f"--ignore={SERVICES}", f"--ignore={LOG}"), 60),
    Group("simulation and contracts", (*PURE, "tests", "--ignore=tests/unit"), 270),
)
INTEGRATION = (
    Group("integration: router", (ROUTER, SERVERS), 180),
    Group(
        "integration: the rest",
        ("tests/integration", f"--ignore={ROUTER}", f"--ignore={SERVERS}"),
        270,
    ),
)
E2E = (Group("faults end to end", ("-m", "e2e", "tests/e2e", "tests/chaos"), 240),)
# What stands in one stage runs side by side, the next to begin when a place is free. Faults have
# the machine to themselves: their timeouts are those of production.
PLACES = 2
PROGRESS_EVERY_S = 20
VERBS: dict[str, tuple[tuple[Group, ...], ...]] = {
    "unit": (UNIT,),
    "integration": (INTEGRATION,),
    "e2e": (E2E,),
    # Who waits for servers leaves the processor to who computes.
    "all": ((INTEGRATION[0], UNIT[2], INTEGRATION[1], UNIT[0], UNIT[1]), E2E),
}


def run(group: Group, *, is_alone: bool = False) -> tuple[int, float]:
    """Run one group; returns its exit code and its seconds.

    One that is alone speaks at once, others when they have ended.
    """
    coverage = ("-m", "coverage", "run", "--branch", f"--source={','.join(CORES)}")
    prefix = coverage if group.is_measured else ()
    command = [sys.executable, *prefix, "-m", "pytest", "-q", "--no-header", *group.arguments]
    environment = {**os.environ, INSTANCE_VARIABLE: f"tests-{group.name.split()[-1]}"}
    _tell(f"... {group.name} (budget {group.budget_s} s)\n")
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told:
        output = sys.stdout if is_alone else told
        code = subprocess.run(
            command, check=False, stdout=output, stderr=output, env=environment
        ).returncode
        if code == 0 and group.is_measured:
            code = _check_cores(output)
        told.seek(0)
        _tell(f"=== {group.name}\n{told.read()}")
    return code, time.perf_counter() - begun


def run_stage(groups: tuple[Group, ...]) -> list[tuple[Group, int, float]]:
    """Run these groups side by side; returns each with its exit code and seconds."""
    run_one = partial(run, is_alone=len(groups) == 1)
    with ThreadPoolExecutor(max_workers=PLACES) as pool:
        running = [pool.submit(run_one, group) for group in groups]
        begun = time.perf_counter()
        while len(groups) > 1 and wait(running, timeout=PROGRESS_EVERY_S).not_done:
            names = [
                group.name for group, one in zip(groups, running, strict=True) if one.running()
            ]
            _tell(f"{time.perf_counter() - begun:5.0f} s: {', '.join(names)} ...\n")
        outcomes = [one.result() for one in running]
    return [(group, *outcome) for group, outcome in zip(groups, outcomes, strict=True)]


def _check_cores(output: IO[str]) -> int:
    report = ("-m", "coverage", "report", "--fail-under=100")
    return subprocess.run([sys.executable, *report], check=False, stdout=output).returncode


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    """Run the verb's groups; all of them run even when one fails."""
    begun = time.perf_counter()
    stages = VERBS[sys.argv[1] if len(sys.argv) > 1 else "all"]
    results = [result for stage in stages for result in run_stage(stage)]
    _tell("\n")
    for group, code, seconds in results:
        verdict = "passed" if code == 0 else f"FAILED ({code})"
        _tell(f"{group.name:28} {verdict:12} {seconds:6.1f} s of {group.budget_s} s\n")
    _tell(f"{'all together':28} {'':12} {time.perf_counter() - begun:6.1f} s\n")
    return max(code for _, code, _ in results)


if __name__ == "__main__":
    sys.exit(main())
