"""`python -m tests.chaos --seed n --faults n`: a long run, told while it happens; 1 when something
was lost, doubled or contradicted.
"""

import argparse
import asyncio
import sys

from tests.chaos.schedule import plan
from tests.chaos.telling import consequences_of, document, table
from tests.chaos.world import Outcome, running_world

INSTANCE = "chaos"
SESSION_TIMEOUT_S = 10.0


def main() -> int:
    """Play the seed's faults and tell the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=14, help="about 20 s each")
    parser.add_argument("--session", type=float, default=SESSION_TIMEOUT_S, help="seconds, from 6")
    chosen = parser.parse_args()
    return asyncio.run(_run(chosen.seed, faults=chosen.faults, session_timeout_s=chosen.session))


async def _run(seed: int, *, faults: int, session_timeout_s: float) -> int:
    schedule = plan(seed, faults)
    _say(
        f"seed {seed}: {len(schedule)} faults over three replicas, session {session_timeout_s:g} s"
    )
    for number, fault in enumerate(schedule, 1):
        _say(f"{number:3}  {fault}")
    async with running_world(
        INSTANCE, seed=seed, session_timeout_s=session_timeout_s, say=_say
    ) as world:
        outcome = await world.play(schedule)
        told = document(outcome, seed=seed, schedule=[str(fault) for fault in schedule])
        path = world.directory / f"report-{seed}.json"
        path.write_text(told, encoding="utf-8")
    _tell(outcome)
    _say(
        f"all of it: {path.name}, beside the replicas' logs;"
        f" again with: make chaos-router SEED={seed} FAULTS={faults}"
    )
    return 0 if outcome.report.is_good else 1


def _tell(outcome: Outcome) -> None:
    _say(f"\n{table(consequences_of(outcome))}\n\ntimes: median .. greatest of the partitions\n")
    _say(f"after {outcome.took_s:.0f} s: {outcome.report.to_text()}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
