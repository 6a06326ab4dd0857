"""Measures everything and writes docs/benchmarks.md: `python -m benchmarks [--quick] [--only ach]`.

A quick run shows that everything runs; it is printed and writes nothing.
"""

import sys
from itertools import pairwise
from pathlib import Path

from benchmarks import (
    latency,
    machine,
    memory,
    recovery,
    recovery_large,
    router_loop,
    throughput,
)
from benchmarks.call_center import figure as call_center
from benchmarks.clocks import figure as clocks
from benchmarks.engine import figure as engine
from benchmarks.figures import Figure
from benchmarks.options import Measure, Options, parser
from libs.common import clock

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
FIGURES: dict[str, Measure] = {
    "a": latency.measure,
    "b": throughput.measure,
    "c": router_loop.measure,
    "d": memory.measure,
    "e": recovery.measure,
    "f": engine.measure,
    "g": recovery_large.measure,
    "h": call_center.measure,
    "i": clocks.measure,
}
_PREAMBLE = """Written by `make bench`. Each figure stands beside what the raw client does on the
same machine in the same run; one that misses its aim is left as it is, with the profile that shows
where the time goes. Every figure runs alone too: `python -m benchmarks.latency` and so on."""


def main() -> int:
    """Measure, tell the progress on standard error, and write."""
    options_parser = parser(__doc__)
    options_parser.add_argument("--only", default="".join(FIGURES), help="letters of figures")
    chosen = options_parser.parse_args()
    figures, loads = [], [machine.load()]
    for letter in chosen.only:
        sys.stderr.write(f"({letter}) is being measured ...\n")
        figures.append(FIGURES[letter](Options(is_quick=chosen.quick)))
        loads.append(machine.load())
        sys.stderr.write(f"    {figures[-1].said}\n")
    text = _document(figures, loads)
    if chosen.quick:
        sys.stdout.write(text)
    else:
        DOCUMENT.write_text(text, encoding="utf-8")
        sys.stderr.write(f"Written: {DOCUMENT.relative_to(DOCUMENT.parents[1])}\n")
    return 0


def _document(figures: list[Figure], loads: list[str]) -> str:
    """`loads` has one more than there are figures: before the first, and after each."""
    when = clock.now().strftime("%Y-%m-%d %H:%M UTC")
    load = f"- measured {when}; the load average beside each figure is that before and after it"
    spans = pairwise(loads)
    rows = [
        f"| ({one.letter}) {one.title} | {one.said} | {one.aim} | {before}, {after} |"
        for one, (before, after) in zip(figures, spans, strict=True)
    ]
    head = ["# Benchmarks", _PREAMBLE, f"{machine.describe()}\n{load}"]
    summary = "\n".join(["| figure | measured | aim | load |", "|---|---|---|---|", *rows])
    return "\n\n".join([*head, summary, *(one.as_text() for one in figures)])


if __name__ == "__main__":
    sys.exit(main())
