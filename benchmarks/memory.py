"""Figure (d): history's write path beside raw bulk inserts, as `benchmarks.history` measures it."""

import os
import subprocess
import sys
from typing import Any

import orjson

from benchmarks import company
from benchmarks.figures import Figure, Table
from benchmarks.options import Options, run_alone

AIM = 0.4
TIMEOUT_S = 900.0
QUICK = ("--conversations", "100", "--rounds", "1")


def measure(options: Options) -> Figure:
    """Run it in a process of its own; the figure is that of a replica as it is deployed."""
    with company.fresh_stack(services=()) as stack:
        runs = _measured(stack.servers.mongodb_uri, QUICK if options.is_quick else ())
    # With as many members as a replica has; the best of several would flatter.
    share = runs[-1]["share_of_raw"]
    return Figure(
        letter="d",
        title="History's write path",
        aim=f"at least {AIM} of raw bulk inserts",
        said=f"**{share:.2f} of raw inserts of the same documents**",
        is_met=share >= AIM,
        workload=(
            "decision records of whole conversations in batches: decoded, judged, projected and"
            " stored in one transaction a batch. The raw side calls `insert_many(ordered=False)`"
            " on the same finished documents, as many loops at once, with the same indexes."
        ),
        tables=(_table(runs),),
    )


def _measured(uri: str, arguments: tuple[str, ...]) -> list[dict[str, Any]]:
    ran = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "benchmarks.history", *arguments],
        env={**os.environ, "MONGODB_URI": uri},
        stdout=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=True,
    )
    runs: list[dict[str, Any]] = orjson.loads(ran.stdout)["runs"]
    return runs


def _table(runs: list[dict[str, Any]]) -> Table:
    names = tuple(runs[0])
    return Table(
        title="What it measured",
        columns=("", *(f"run {number}" for number, _ in enumerate(runs, start=1))),
        rows=tuple((name.replace("_", " "), *(str(run[name]) for run in runs)) for name in names),
    )


if __name__ == "__main__":
    run_alone(measure)
