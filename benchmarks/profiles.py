"""Asking for a service's profile, and telling it as text."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.profiled import PROFILE_VARIABLE

TOP, TOP_STAGES = 12, 24
# The last folder and the file of what is ours, without what runs for the whole life.
OURS = (
    "router/",
    "core/",
    "ingest/",
    "notifier/",
    "history/",
    "common/",
    "contracts/",
    "telegram/",
)


@contextmanager
def profiling(service: str, directory: Path) -> Iterator[Sequence[str]]:
    """Gives what starts the service under the profiler; stop it inside the block."""
    os.environ[PROFILE_VARIABLE] = str(_path(service, directory))
    try:
        yield ("-m", "benchmarks.profiled", service)
    finally:
        del os.environ[PROFILE_VARIABLE]


def top_list(service: str, directory: Path) -> str:
    """Where the processor time went: the functions with the most of their own, and in total."""
    profile = json.loads(_path(service, directory).read_text(encoding="utf-8"))
    samples = max(1, profile["samples"])
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in profile["functions"]:
        totals[one["name"]][0] += one["own"]
        totals[one["name"]][1] += one["total"]
    by_own = sorted(totals.items(), key=lambda item: -item[1][0])[:TOP]
    ours = [one for one in totals.items() if one[0].startswith(OURS)]
    by_total = sorted(ours, key=lambda item: -item[1][1])[:TOP_STAGES]
    heading = f"{'own':>6} {'total':>6}  function"
    title = f"Where the processor time of {service} goes ({samples} samples of another run):"
    return "\n".join(
        [
            title,
            "",
            "```text",
            heading,
            *(_line(name, own / samples, total / samples) for name, (own, total) in by_own),
            "",
            f"{heading}s of ours, with all that they call",
            *(_line(name, own / samples, total / samples) for name, (own, total) in by_total),
            "```",
        ]
    )


def _line(name: str, own: float, total: float) -> str:
    return f"{own:6.1%} {total:6.1%}  {name}"


def _path(service: str, directory: Path) -> Path:
    return directory / f"profile-{service}.json"
