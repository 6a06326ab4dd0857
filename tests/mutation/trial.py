"""One run of the tests in a forked process: of the sound code, or of one mutant.

The process is thrown away afterwards, so that nothing of a mutant is left for the next one.
"""

import ast
import json
import os
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import coverage
import hypothesis
import pytest

from tests.mutation.loading import install
from tests.mutation.mutants import Mutant
from tests.mutation.plan import Plan

MEMORY_BYTES_MAX = 4 * 2**30
OURS_FAILED = 99  # no exit code of pytest; the tool is broken, not the mutant
# Plain assertions: what is imported before pytest is not rewritten, and nobody reads the text.
OPTIONS = ("-q", "-x", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", "-o", "timeout=0")


@dataclass(slots=True)
class Baseline:
    """What the sound code's run tells: seconds by test, tests by file and line, modules in use."""

    seconds: dict[str, float] = field(default_factory=dict)
    reached: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """What `observe` wrote."""
        raw = json.loads(path.read_text())
        reached = {
            file: {int(line): tests for line, tests in lines.items()}
            for file, lines in raw["reached"].items()
        }
        return cls(raw["seconds"], reached, raw["modules"])

    def tests_for(self, mutant: Mutant) -> list[str]:
        """The tests that enter the mutant's function, quickest first; all, outside of functions."""
        first, last = mutant.span
        if last == 0:
            chosen = set(self.seconds)
        else:
            lines = self.reached.get(mutant.path, {})
            chosen = {test for line in range(first, last + 1) for test in lines.get(line, ())}
        return sorted(chosen, key=lambda test: (self.seconds[test], test))


class _Observer:
    """Measures each test and the lines of the targets that it runs."""

    def __init__(self, plan: Plan) -> None:
        self._targets = {str((plan.root / path).resolve()): path for path in plan.targets}
        self._coverage = coverage.Coverage(
            data_file=None, config_file=False, include=list(self._targets)
        )
        self.seen = Baseline()

    def pytest_sessionstart(self) -> None:
        self._coverage.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        spent = self.seen.seconds.get(report.nodeid, 0.0)
        self.seen.seconds[report.nodeid] = spent + report.duration

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        for file, path in self._targets.items():
            lines = data.contexts_by_lineno(file)
            self.seen.reached[path] = {
                line: sorted(name for name in names if name) for line, names in lines.items()
            }


class _Chosen:
    """Runs the given tests in the given order and remembers which one failed."""

    def __init__(self, tests: list[str]) -> None:
        self._rank = {test: rank for rank, test in enumerate(tests)}
        self.killer = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._rank),
            key=lambda item: self._rank[item.nodeid],
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.killer:
            self.killer = report.nodeid


def observe(plan: Plan, told: Path) -> int:
    """Run all tests on the sound code and write what they reached; returns pytest's exit code."""
    observer = _Observer(plan)
    code = _run_tests(plan.tests, observer)
    own = set(plan.renewed())
    observer.seen.modules = sorted(name for name in sys.modules if name.split(".")[0] not in own)
    told.write_text(json.dumps(asdict(observer.seen)))
    return code


def attempt(mutant: Mutant, tree: ast.Module, *, tests: list[str], told: Path) -> int:
    """Run these tests on the mutant, write who noticed it, and return pytest's exit code."""
    finder = install(mutant.path, tree)
    chosen = _Chosen(tests)
    files = sorted({test.split("::")[0] for test in tests})
    code = _run_tests(tuple(files), chosen)
    if not finder.was_asked:
        return OURS_FAILED
    told.write_text(chosen.killer)
    return code


def confine(log: Path, *, cpu_s_max: int) -> None:
    """Own process group, output to a file, and an end to endless loops and endless lists."""
    os.setpgid(0, 0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream, opened in ((0, nothing), (1, output), (2, output)):
        os.dup2(opened, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s_max, cpu_s_max + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run_tests(arguments: tuple[str, ...], plugin: object) -> int:
    # The same examples each time, so that equal seeds give equal scores; and no shrinking, which
    # is for readers.
    hypothesis.settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    hypothesis.settings.load_profile("mutation")
    return int(pytest.main([*OPTIONS, *arguments], plugins=[plugin]))
