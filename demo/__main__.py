"""The command line: `python -m demo [--sample]` plays once; Ctrl-C stops it and all it started."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from demo.play import play
from demo.traffic.material import SAMPLE, SHARED, find_material
from deploy.local.errors import LocalServerError

WIDTH_MAX = 100
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; 1 when something was lost or did not start, 130 when it was interrupted."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--sample", action="store_true", help="play the committed sample")
    folder = SAMPLE if parser.parse_args(arguments).sample else SHARED
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal or console.width > WIDTH_MAX:
        console.width = WIDTH_MAX
    try:
        return asyncio.run(_until_terminated(console, folder))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Interrupted: everything that was started is stopped.")
        return INTERRUPTED
    except LocalServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _until_terminated(console: Console, folder: Path) -> int:
    playing = asyncio.ensure_future(play(console, find_material(folder)))
    # As Ctrl-C does: whoever ends us politely leaves no processes behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
    return await playing


if __name__ == "__main__":
    sys.exit(main())
