"""Replays the call centre and prints its figure: `python -m benchmarks.call_center [--log FILE]`.

The chart goes to docs/figures/call-center.svg, unless the run is a quick one.
"""

import sys
from pathlib import Path

from benchmarks.call_center.bank_log import FILE
from benchmarks.call_center.figure import measure
from benchmarks.options import Options, parser


def main() -> int:
    """Measure and print."""
    options_parser = parser(__doc__)
    options_parser.add_argument("--log", type=Path, default=FILE, help="the bank's january.txt")
    chosen = options_parser.parse_args()
    figure = measure(Options(is_quick=chosen.quick), file=chosen.log)
    sys.stdout.write(figure.as_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
