"""The clocks: the only place that reads the time, so that a test or a simulation can replace it."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Wall-clock time in milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


def now() -> datetime:
    """Wall-clock time, aware, in UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds on a clock that never goes back: for durations and deadlines only."""
    return time.monotonic()


def processor_s() -> float:
    """Processor seconds that this process has used so far: for judging how busy it is."""
    return time.process_time()
