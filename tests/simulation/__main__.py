"""`python -m tests.simulation --seed n`: one run, or many, with a readable trace on failure."""

import argparse
import sys
from contextlib import nullcontext

from libs.common.decision_log import LogContradictionError
from tests.simulation.kits import KITS
from tests.simulation.oracle import BrokenPromiseError
from tests.simulation.planted import MISTAKES, planted
from tests.simulation.world import World


def main() -> int:
    """Run the seeds that were asked for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--steps", type=int, default=1_500, help="steps with faults in each run")
    parser.add_argument("--mistake", choices=sorted(MISTAKES), help="plant this mistake")
    parser.add_argument("--engine", choices=sorted(KITS), default="real", help="which engine")
    parser.add_argument("--trace", action="store_true", help="print the trace in any case")
    chosen = parser.parse_args()
    kit = KITS["tiny" if chosen.mistake else chosen.engine]
    with planted(chosen.mistake) if chosen.mistake else nullcontext():
        broken = [
            seed
            for seed in range(chosen.seed, chosen.seed + chosen.seeds)
            if not _run(World(seed, steps=chosen.steps, kit=kit), has_trace=chosen.trace)
        ]
    _say(f"{chosen.seeds - len(broken)} of {chosen.seeds} seeds kept every promise")
    return 1 if broken else 0


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
    _say(f"seed {seed}: kept, digest {world.digest}")
    return True


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
