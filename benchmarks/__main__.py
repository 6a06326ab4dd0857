"""Measures everything and writes docs/benchmarks.md: `python -m benchmarks [--quick] [--only ac]`.

A quick run shows that everything runs; it is printed and writes nothing.
"""

import sys
from pathlib import Path

from benchmarks import latency, machine, memory, recovery, router_loop, throughput
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
}
_PREAMBLE = """Written by `make bench`. Each figure stands beside what the raw client does on the
same machine in the same run; one that misses its aim is left as it is, with the profile that shows
where the time goes. Every figure runs alone too: `python -m benchmarks.latency` and so on."""


def main() -> int:
    """Measure, tell the progress on standard error, and write."""
    options_parser = parser(__doc__)
    options_parser.add_argument("--only", default="".join(FIGURES), help="letters of figures")
    chosen = options_parser.parse_args()
    load_before = machine.load()
    figures = []
    for letter in chosen.only:
        sys.stderr.write(f"({letter}) is being measured ...\n")
        figures.append(FIGURES[letter](Options(is_quick=chosen.quick)))
        sys.stderr.write(f"    {figures[-1].said}\n")
    text = _document(figures, load_before)
    if chosen.quick:
        sys.stdout.write(text)
    else:
        DOCUMENT.write_text(text, encoding="utf-8")
        sys.stderr.write(f"Written: {DOCUMENT.relative_to(DOCUMENT.parents[1])}\n")
    return 0


def _document(figures: list[Figure], load_before: str) -> str:
    when = clock.now().strftime("%Y-%m-%d %H:%M UTC")
    load = f"- load average before: {load_before}, after: {machine.load()} (measured {when})"
    rows = [f"| ({one.letter}) {one.title} | {one.said} | {one.aim} |" for one in figures]
    head = ["# Benchmarks", _PREAMBLE, f"{machine.describe()}\n{load}"]
    summary = "\n".join(["| figure | measured | aim |", "|---|---|---|", *rows])
    return "\n\n".join([*head, summary, *(one.as_text() for one in figures)])


if __name__ == "__main__":
    sys.exit(main())
