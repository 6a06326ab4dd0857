"""A lock on a file that the kernel drops when its last holder ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.errors import InstallError
from deploy.local.progress import say

_POLL_S = 0.1


def try_lock(file: Path) -> int | None:
    """Return a descriptor that holds the lock, or None when another holds it.

    Closing the descriptor gives the lock up, unless a child process inherited it: then the lock
    lasts as long as that child.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def wait_for_lock(file: Path, *, timeout_s: float) -> Iterator[None]:
    """Hold the lock inside the block, waiting at most `timeout_s` for it.

    Raises InstallError when another process keeps it longer.
    """
    deadline_s = time.monotonic() + timeout_s
    descriptor = try_lock(file)
    if descriptor is None:
        say(f"Waiting for another process that holds {file} ...")
    while descriptor is None:
        if time.monotonic() > deadline_s:
            message = f"another process held {file} for more than {timeout_s:.0f} s"
            raise InstallError(message)
        time.sleep(_POLL_S)
        descriptor = try_lock(file)
    try:
        yield
    finally:
        os.close(descriptor)
