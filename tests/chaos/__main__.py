"""`python -m tests.chaos --seed n --faults n [--due]`: a long run, told while it happens; 1 when
something was lost, doubled or contradicted. With `--due` each fault comes when much falls due.
"""

import argparse
import asyncio
import sys

from tests.chaos.schedule import plan
from tests.chaos.telling import consequences_of, document, lateness, table
from tests.chaos.world import Outcome, running_world

INSTANCE = "chaos"
SESSION_TIMEOUT_S = 10.0


def main() -> int:
    """Play the seed's faults and tell the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=14, help="about 20 s each")
    parser.add_argument("--session", type=float, default=SESSION_TIMEOUT_S, help="seconds, from 6")
    parser.add_argument("--due", action="store_true", help="strike around due times")
    chosen = parser.parse_args()
    run = _run(
        chosen.seed,
        faults=chosen.faults,
        session_timeout_s=chosen.session,
        is_around_due_times=chosen.due,
    )
    return asyncio.run(run)


async def _run(
    seed: int, *, faults: int, session_timeout_s: float, is_around_due_times: bool
) -> int:
    schedule = plan(seed, faults)
    _say(
        f"seed {seed}: {len(schedule)} faults over three replicas, session {session_timeout_s:g} s"
    )
    for number, fault in enumerate(schedule, 1):
        _say(f"{number:3}  {fault}")
    async with running_world(
        INSTANCE,
        seed=seed,
        session_timeout_s=session_timeout_s,
        is_around_due_times=is_around_due_times,
        say=_say,
    ) as world:
        outcome = await world.play(schedule)
        told = document(outcome, seed=seed, schedule=[str(fault) for fault in schedule])
        path = world.directory / f"report-{seed}.json"
        path.write_text(told, encoding="utf-8")
    _tell(outcome)
    verb = "chaos-time" if is_around_due_times else "chaos-router"
    _say(
        f"all of it: {path.name}, beside the replicas' logs;"
        f" again with: make {verb} SEED={seed} FAULTS={faults}"
    )
    return 0 if outcome.report.is_good else 1


def _tell(outcome: Outcome) -> None:
    _say(f"\n{table(consequences_of(outcome))}\n\ntimes: median .. greatest of the partitions\n")
    if told := lateness(outcome):
        _say(f"{told}\n")
    _say(f"after {outcome.took_s:.0f} s: {outcome.report.to_text()}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
