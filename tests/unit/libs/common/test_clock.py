"""The clocks agree with each other and keep their units."""

from datetime import UTC

from libs.common import clock


def test_wall_clocks_agree() -> None:
    """Milliseconds and the aware time tell the same moment."""
    before_ms = clock.now_ms()

    now = clock.now()

    assert now.tzinfo is UTC
    assert 0 <= int(now.timestamp() * 1_000) - before_ms < 5_000


def test_monotonic_clock_never_goes_back() -> None:
    """Durations are never negative."""
    first = clock.monotonic_s()

    assert clock.monotonic_s() >= first
