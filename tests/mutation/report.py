"""The page that a run leaves behind, docs/mutation.md, and what counts as judged."""

import platform
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from libs.common import clock
from tests.mutation.judgements import Judgement, Kind
from tests.mutation.mutants import Mutant
from tests.mutation.plan import Plan
from tests.mutation.run import Result, Verdict

AIM = 0.85
TEXT_CHARS_MAX = 90


@dataclass(frozen=True, slots=True)
class Report:
    """One finished run. `possible` counts all mutants that the sample was drawn from."""

    plan: Plan
    seed: int
    possible: int
    sampled: list[Mutant]
    results: dict[str, Result]
    judgements: dict[str, Judgement]

    @property
    def score(self) -> float:
        """The share of the sample that the tests noticed, equivalent ones counted against us."""
        noticed = sum(self._verdict(mutant) is not Verdict.SURVIVED for mutant in self.sampled)
        return noticed / len(self.sampled) if self.sampled else 0.0

    def counts(self) -> Counter[Verdict]:
        """How many of the sample have which verdict."""
        return Counter(self._verdict(mutant) for mutant in self.sampled)

    def survivors(self) -> list[Mutant]:
        """Those that no test noticed."""
        return [one for one in self.sampled if self._verdict(one) is Verdict.SURVIVED]

    def unjudged(self) -> list[Mutant]:
        """Survivors that nobody has judged, or whose added test does not notice them."""
        return [one for one in self.survivors() if not self._is_judged(one)]

    def text(self) -> str:
        """The page, as Markdown."""
        parts = ["# Mutation testing", self._introduction(), self._figures(), self._by_module()]
        parts += ["## Survivors", self._survivors()]
        since = [one for one in self.sampled if self._is_noticed_since(one)]
        if since:
            parts += ["## Survivors of earlier runs, noticed since", self._noticed_since(since)]
        return "\n\n".join(parts) + "\n"

    def _introduction(self) -> str:
        return (
            "Written by `make mutate`. Small mistakes are put into the engine one at a time "
            "(`tests/mutation/logic.py`, `values.py`, `statements.py`), and the tests that enter "
            "the changed function must notice. The sample is drawn by seed from all mutants; equal "
            "seeds draw equal samples. Hypothesis draws the same examples each time. Judgements "
            "are kept in `tests/mutation/judgements.yaml`."
        )

    def _figures(self) -> str:
        counts, size = self.counts(), len(self.sampled)
        noticed = size - counts[Verdict.SURVIVED]
        equivalent = sum(self._is_equivalent(one) for one in self.survivors())
        outcomes = ", ".join(f"{verdict} {counts[verdict]}" for verdict in Verdict)
        aim = f"aim {AIM:.0%}, {'met' if self.score >= AIM else '**missed**'}"
        without = f"{noticed / (size - equivalent or 1):.1%}"
        each_s = sum(self.results[one.mutant_id].seconds for one in self.sampled) / (size or 1)
        figures = [
            f"{clock.now():%Y-%m-%d %H:%M} UTC; {machine()}",
            f"tests: {', '.join(f'`{path}`' for path in self.plan.tests)}",
            f"seed {self.seed}: {size} of {self.possible} mutants, {each_s:.1f} s each",
            f"{outcomes}; survivors not judged yet: {len(self.unjudged())}",
            f"**score {self.score:.1%}** ({aim}); without the {equivalent} equivalent {without}",
        ]
        return "\n".join(f"- {figure}" for figure in figures)

    def _by_module(self) -> str:
        rows = ["| module | sampled | killed | timed out | survived |", "|---|---|---|---|---|"]
        for path in self.plan.targets:
            here = Counter(self._verdict(one) for one in self.sampled if one.path == path)
            cells = (here[Verdict.KILLED], here[Verdict.TIMED_OUT], here[Verdict.SURVIVED])
            rows.append(f"| `{path}` | {here.total()} | {' | '.join(map(str, cells))} |")
        return "\n".join(rows)

    def _survivors(self) -> str:
        if not self.survivors():
            return "None."
        rows = ["| where | mutant | mutation | judgement |", "|---|---|---|---|"]
        rows += [
            f"| `{one.path}:{one.line}` {one.scope} | `{one.mutant_id}` | {mutation(one)} "
            f"| {self._judged(one)} |"
            for one in self.survivors()
        ]
        return "\n".join(rows)

    def _noticed_since(self, mutants: list[Mutant]) -> str:
        rows = ["| where | mutation | test |", "|---|---|---|"]
        rows += [
            f"| `{one.path}:{one.line}` {one.scope} | {mutation(one)} "
            f"| {_cell(self.judgements[one.mutant_id].because)} |"
            for one in mutants
        ]
        return "\n".join(rows)

    def _verdict(self, mutant: Mutant) -> Verdict:
        return self.results[mutant.mutant_id].verdict

    def _is_equivalent(self, mutant: Mutant) -> bool:
        judgement = self.judgements.get(mutant.mutant_id)
        return judgement is not None and judgement.kind is Kind.EQUIVALENT

    def _is_judged(self, mutant: Mutant) -> bool:
        judgement = self.judgements.get(mutant.mutant_id)
        return judgement is not None and judgement.kind is not Kind.TEST_ADDED

    def _is_noticed_since(self, mutant: Mutant) -> bool:
        judgement = self.judgements.get(mutant.mutant_id)
        is_added = judgement is not None and judgement.kind is Kind.TEST_ADDED
        return is_added and self._verdict(mutant) is not Verdict.SURVIVED

    def _judged(self, mutant: Mutant) -> str:
        judgement = self.judgements.get(mutant.mutant_id)
        if judgement is None:
            return "**not judged yet**"
        if judgement.kind is Kind.TEST_ADDED:
            return f"**not judged yet**: this test does not notice it: {_cell(judgement.because)}"
        return f"{judgement.kind}: {_cell(judgement.because)}"


def mutation(mutant: Mutant) -> str:
    """What was changed, in one cell of a table: around the difference when it is long."""
    pairs = zip(mutant.before, mutant.after, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    begin = max(0, same - TEXT_CHARS_MAX // 2)
    before, after = (
        f"{'…' if begin else ''}{text[begin : begin + TEXT_CHARS_MAX]}"
        f"{'…' if len(text) > begin + TEXT_CHARS_MAX else ''}"
        for text in (mutant.before, mutant.after)
    )
    return f"{mutant.operator}: `{_cell(before)}` → `{_cell(after)}`"


def machine() -> str:
    """The processor and the interpreter, for the report's head."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    name = models[0] if models else platform.machine()
    return f"{name}, {len(models)} cores; CPython {platform.python_version()}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'").replace("\n", " ")
