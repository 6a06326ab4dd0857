"""What all benchmarks are told on the command line, and how one of them runs alone."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`is_quick` is a smoke run: everything runs, no number means anything."""

    is_quick: bool = False


Measure = Callable[[Options], Figure]


def parser(description: str | None) -> argparse.ArgumentParser:
    """The options that all have in common."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--quick", action="store_true", help="a smoke run without meaning")
    return made


def run_alone(measure: Measure, arguments: Sequence[str] | None = None) -> None:
    """Measure one figure and print it."""
    chosen = parser(sys.modules["__main__"].__doc__).parse_args(arguments)
    sys.stdout.write(measure(Options(is_quick=chosen.quick)).as_text())
