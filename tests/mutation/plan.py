"""What is mutated and which tests must notice. The only file to edit when modules move."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = "services/router/core"
TARGETS = (
    f"{CORE}/matching.py",
    f"{CORE}/queueing.py",
    f"{CORE}/places.py",
    f"{CORE}/capacity.py",
    f"{CORE}/reservations.py",
    f"{CORE}/placing.py",
)
TESTS = (f"tests/unit/{CORE}", "tests/dialogues")
# Imported once for all mutants: they stand below the targets and can't import them.
KEPT = ("libs",)
# What a mutant may use beside some times what its tests need, mostly for imports.
CPU_EXTRA_S = 10


class PlanError(Exception):
    """The plan names what is not there, or what can't be mutated."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. Paths are relative to the root; `state` is where results are kept.

    `cpu_extra_s` is the time on a processor that a mutant has beside what its tests need.
    """

    root: Path
    targets: tuple[str, ...]
    tests: tuple[str, ...]
    state: Path
    kept: tuple[str, ...] = KEPT
    cpu_extra_s: int = CPU_EXTRA_S

    def check(self) -> None:
        """Raise PlanError for a path that is not there or a target that stays imported."""
        missing = [path for path in (*self.targets, *self.tests) if not (self.root / path).exists()]
        if missing:
            raise PlanError(f"not found below {self.root}: {', '.join(missing)}")
        kept = [path for path in self.targets if Path(path).parts[0] in self.kept]
        if kept:
            raise PlanError(f"imported once for all mutants, so not to be mutated: {kept}")

    def renewed(self) -> tuple[str, ...]:
        """The top-level packages that each mutant imports anew."""
        return tuple(sorted({Path(path).parts[0] for path in (*self.targets, *self.tests)}))

    def files(self) -> list[Path]:
        """Everything that a result depends on: sources, tests and their data, in order."""
        folders = {*self.kept, *(Path(path).parts[0] for path in self.targets), *self.tests}
        return sorted(
            path
            for folder in folders
            for path in (
                [self.root / folder]
                if (self.root / folder).is_file()
                else (self.root / folder).rglob("*")
            )
            if path.is_file() and "__pycache__" not in path.parts
        )
