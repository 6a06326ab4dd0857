"""`python -m tests.mutation --seed 1 --sample 500`: `make mutate`.

Exits with 1 when a survivor is not judged, with 2 when nothing could be measured.
"""

import argparse
import os
import sys
from pathlib import Path

from libs.common import clock
from tests.mutation import judgements
from tests.mutation.mutants import Mutant, mutants_of, sample
from tests.mutation.plan import CPU_EXTRA_S, ROOT, TARGETS, TESTS, Plan, PlanError
from tests.mutation.report import Report, mutation
from tests.mutation.run import BrokenRunError, Result, Runner, Verdict


def main() -> int:
    """Draw the sample, judge it, write the page."""
    chosen = _arguments()
    plan = Plan(
        root=chosen.root.resolve(),
        targets=tuple(chosen.targets),
        tests=tuple(chosen.tests),
        state=chosen.state.resolve(),
        cpu_extra_s=chosen.cpu_extra_s,
    )
    page, judged = chosen.report.resolve(), judgements.read(chosen.judgements)
    os.chdir(plan.root)
    sys.path.insert(0, str(plan.root))
    try:
        plan.check()
        possible = [one for path in plan.targets for one in mutants_of(plan.root, path)]
        drawn = sample(possible, seed=chosen.seed, size=chosen.sample)
        results = _run(plan, drawn, workers=chosen.workers)
    except (PlanError, BrokenRunError) as error:
        _say(f"mutate: {error}")
        return 2
    except KeyboardInterrupt:
        _say("mutate: stopped; the same command goes on from here")
        return 130
    report = Report(plan, chosen.seed, len(possible), drawn, results, judged)
    page.write_text(report.text())
    return _conclude(report, possible, page)


def _run(plan: Plan, drawn: list[Mutant], *, workers: int) -> dict[str, Result]:
    runner = Runner(plan)
    results = runner.known()
    left = [one for one in drawn if one.mutant_id not in results]
    _say(f"{len(drawn)} mutants, {len(drawn) - len(left)} known from before; the tests without one")
    by_id = {one.mutant_id: one for one in drawn}
    began_s = clock.monotonic_s()
    for done, result in enumerate(runner.run(left, workers=workers), start=1):
        results[result.mutant_id] = result
        took_s = clock.monotonic_s() - began_s
        verdicts = [results[one].verdict for one in by_id if one in results]
        survived = verdicts.count(Verdict.SURVIVED)
        if result.verdict is Verdict.SURVIVED:
            one = by_id[result.mutant_id]
            _say(f"  survived: {one.mutant_id} {one.path}:{one.line} {mutation(one)}")
        if done % 10 == 0 or done == len(left):
            _say(
                f"{len(verdicts)} of {len(drawn)}: {len(verdicts) - survived} noticed, "
                f"{survived} survived, {took_s / done * (len(left) - done):.0f} s left"
            )
    return results


def _conclude(report: Report, possible: list[Mutant], page: Path) -> int:
    counts, unjudged = report.counts(), report.unjudged()
    _say(
        f"score {report.score:.1%}: {counts[Verdict.KILLED]} killed, "
        f"{counts[Verdict.TIMED_OUT]} timed out, {counts[Verdict.SURVIVED]} survived; see {page}"
    )
    gone = report.judgements.keys() - {one.mutant_id for one in possible}
    if gone:
        _say(f"judged, but no mutants any more: {', '.join(sorted(gone))}")
    if unjudged:
        _say(f"{len(unjudged)} survivors are not judged in {judgements.COMMITTED.name}")
    return 1 if unjudged else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws the sample")
    parser.add_argument("--sample", type=int, default=500, help="how many mutants")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree to mutate")
    parser.add_argument("--targets", nargs="+", default=TARGETS, help="the modules to mutate")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="the tests that must notice")
    parser.add_argument("--state", type=Path, default=ROOT / ".local" / "mutation")
    parser.add_argument("--cpu-extra-s", type=int, default=CPU_EXTRA_S, help="before it times out")
    parser.add_argument("--report", type=Path, default=ROOT / "docs" / "mutation.md")
    parser.add_argument("--judgements", type=Path, default=judgements.COMMITTED)
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
