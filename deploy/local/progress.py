"""The one place where the local servers speak to the person who waits for them."""

import sys


def say(text: str) -> None:
    """Write one line to stdout at once, so that a long download is never silent."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
