"""`python -m tests.simulation --seed n`: one run with its trace, many runs, or a search.

`--many n` runs n seeds on all cores, `--soak n` goes on with a search where it stopped, and
`--find name` looks for a seed that finds a planted mistake.
"""

import argparse
import sys
from contextlib import nullcontext

from libs.common.decision_log import LogContradictionError
from tests.simulation.kits import KITS
from tests.simulation.many import Run, Soak, run_many
from tests.simulation.mistakes import MISTAKES, find, planted
from tests.simulation.oracle import BrokenPromiseError
from tests.simulation.seeds import STEPS, Seed, keep
from tests.simulation.world import World

PORTION = 20


def main() -> int:
    """Do what was asked for; 1 when a promise was broken, or a mistake was not found."""
    chosen = _arguments().parse_args()
    if chosen.find is not None:
        return _find(sorted(MISTAKES) if chosen.find == "all" else [chosen.find])
    if chosen.soak is not None:
        return _soak(chosen.soak)
    if chosen.many is not None:
        seeds = range(chosen.seed, chosen.seed + chosen.many)
        return _many(seeds, engine=chosen.engine, steps=chosen.steps)
    kit = KITS[MISTAKES[chosen.mistake].engine if chosen.mistake else chosen.engine]
    with planted(chosen.mistake) if chosen.mistake else nullcontext():
        world = World(chosen.seed, steps=chosen.steps, kit=kit)
        return 0 if _run(world, has_trace=chosen.trace) else 1


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the seed, or the first of many")
    parser.add_argument("--many", type=int, help="run this many seeds on all cores")
    parser.add_argument("--soak", type=int, help="go on with the search for this many seeds")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps with faults in each run")
    parser.add_argument(
        "--mistake", metavar="NAME", choices=sorted(MISTAKES), help="plant this mistake"
    )
    parser.add_argument(
        "--find", metavar="NAME", choices=[*sorted(MISTAKES), "all"], help="seeds that find it"
    )
    parser.add_argument("--engine", choices=sorted(KITS), default="real", help="which engine")
    parser.add_argument("--trace", action="store_true", help="print the trace in any case")
    return parser


def _run(world: World, *, has_trace: bool) -> bool:
    seed = world.seed
    try:
        world.run()
    except (BrokenPromiseError, LogContradictionError) as error:
        _say("\n".join(world.trace))
        _say(f"seed {seed}: broken: {error}\nagain with: make simulate SEED={seed}")
        return False
    if has_trace:
        _say("\n".join(world.trace))
    _say(f"seed {seed}: kept, {len(world.oracle.counted)} records, digest {world.digest}")
    return True


def _many(seeds: range, *, engine: str, steps: int) -> int:
    broken = records = 0
    for run in run_many(seeds, engine=engine, steps=steps):
        records += run.records
        broken += _told(run)
    kept = len(seeds) - broken
    _say(f"{kept} of {len(seeds)} seeds of {steps} steps kept every promise, {records} records")
    return 1 if broken else 0


def _soak(seeds: int) -> int:
    soak = Soak.resume()
    broken_before, until = soak.broken, soak.next_seed + seeds
    while soak.next_seed < until:
        portion = range(soak.next_seed, min(until, soak.next_seed + PORTION))
        for run in run_many(portion, engine=soak.engine, steps=soak.steps):
            soak.records += run.records
            soak.broken += _told(run)
        soak.next_seed, soak.seeds = portion.stop, soak.seeds + len(portion)
        soak.save()
        _say(f"soak: {soak.seeds} seeds, {soak.records} records, {soak.broken} broken so far")
    return 1 if soak.broken > broken_before else 0


def _told(run: Run) -> int:
    """Say and keep what broke; 1 when it did."""
    if not run.broken:
        return 0
    _say(f"seed {run.seed} ({run.engine}, {run.steps} steps): broken: {run.broken}")
    found = Seed(run.seed, run.engine, run.steps, is_open=True, found=run.broken)
    keep(found)
    return 1


def _find(names: list[str]) -> int:
    is_missing = False
    for name in names:
        seed = find(name)
        is_missing = is_missing or seed is None
        _say(f"{name}: {seed if seed is not None else 'not found'}")
    return 1 if is_missing else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
