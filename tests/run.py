"""Runs the tests in groups, each with its budget, and says at the end what took how long."""

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

CORES = "services/*/core/*,libs/common/decision_log.py"


@dataclass(frozen=True, slots=True)
class Group:
    """Tests that run together. `budget_s` is a promise to the reader, printed beside the time."""

    name: str
    arguments: tuple[str, ...]
    budget_s: int
    is_measured: bool = False
    is_quiet: bool = False


PURE = ("-m", "not integration and not e2e")
UNIT = (
    Group("unit", (*PURE, "tests/unit"), 90, is_measured=True, is_quiet=True),
    Group("simulation and contracts", (*PURE, "tests", "--ignore=tests/unit"), 150, is_quiet=True),
)
INTEGRATION = (Group("integration", ("-m", "integration", "tests"), 120),)
E2E = (Group("faults end to end", ("-m", "e2e", "tests"), 300),)
GROUPS = {
    "unit": UNIT,
    "integration": INTEGRATION,
    "e2e": E2E,
    "all": (*UNIT, *INTEGRATION, *E2E),
}


def run(group: Group) -> tuple[int, float]:
    """Run one group; returns its exit code and its seconds."""
    coverage = ("-m", "coverage", "run", "--branch", "--source=libs,services")
    prefix = coverage if group.is_measured else ()
    command = [sys.executable, *prefix, "-m", "pytest", "-q", "--no-header", *group.arguments]
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        # Groups that run side by side speak one after the other; a single one speaks at once.
        told = output if group.is_quiet else None
        code = subprocess.run(command, check=False, stdout=told, stderr=told).returncode
        output.seek(0)
        sys.stdout.write(output.read())
        sys.stdout.flush()
    if code == 0 and group.is_measured:
        code = _check_cores()
    return code, time.perf_counter() - begun


def run_stage(groups: list[Group]) -> list[tuple[Group, int, float]]:
    """Run these groups at the same time; returns each with its exit code and seconds."""
    for group in groups:
        sys.stdout.write(f"=== {group.name} (budget {group.budget_s} s)\n")
    sys.stdout.flush()
    with ThreadPoolExecutor(max_workers=len(groups) or 1) as pool:
        outcomes = list(pool.map(run, groups))
    return [(group, *outcome) for group, outcome in zip(groups, outcomes, strict=True)]


def _check_cores() -> int:
    report = ("-m", "coverage", "report", f"--include={CORES}", "--fail-under=100")
    return subprocess.run([sys.executable, *report], check=False).returncode


def main() -> int:
    """Run the named groups; all of them run even when one fails."""
    groups = GROUPS[sys.argv[1] if len(sys.argv) > 1 else "all"]
    # What needs no server runs side by side, what needs them one after the other.
    side_by_side = [group for group in groups if group.is_quiet]
    stages = [side_by_side, *([group] for group in groups if not group.is_quiet)]
    results = [result for stage in stages for result in run_stage(stage)]
    sys.stdout.write("\n")
    for group, code, seconds in results:
        verdict = "passed" if code == 0 else f"FAILED ({code})"
        sys.stdout.write(f"{group.name:28} {verdict:12} {seconds:6.1f} s of {group.budget_s} s\n")
    return max(code for _, code, _ in results)


if __name__ == "__main__":
    sys.exit(main())
