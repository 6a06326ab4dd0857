"""Waiting for something to become true, with a deadline instead of a sleep."""

import asyncio
from collections.abc import Callable

from libs.common import clock

POLL_INTERVAL_S = 0.02


async def eventually(claim: Callable[[], object], *, within_s: float = 15.0) -> float:
    """Return the seconds until `claim()` was true; AssertionError when it never was."""
    began_s = clock.monotonic_s()
    while not claim():
        waited_s = clock.monotonic_s() - began_s
        assert waited_s < within_s, f"not true within {within_s:g} s"
        await asyncio.sleep(POLL_INTERVAL_S)
    return clock.monotonic_s() - began_s
