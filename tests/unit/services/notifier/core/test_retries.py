"""Tests of when to try again."""

import pytest

from services.notifier.core.retries import RETRY_AFTER_S_MAX, RetryPolicy, read_retry_after

POLICY = RetryPolicy(base_s=1, cap_s=30, attempts_max=4)


def test_waits_grow_up_to_the_cap() -> None:
    """Each failed attempt doubles the longest wait, until the cap."""
    policy = RetryPolicy(base_s=1, cap_s=5, attempts_max=100)

    waits = [policy.wait_s(attempts, fraction=1) for attempts in (1, 2, 3, 4, 99)]

    assert waits == [1, 2, 4, 5, 5]


def test_wait_is_drawn_over_the_whole_range() -> None:
    """Full jitter: many that failed together don't come back together."""
    assert POLICY.wait_s(2, fraction=0) == 0
    assert POLICY.wait_s(2, fraction=0.25) == 0.5


def test_attempts_end() -> None:
    """After the last attempt nothing is tried again."""
    assert POLICY.wait_s(4, fraction=0.5) is None


def test_the_far_sides_wish_is_never_undercut_and_bounded() -> None:
    """Retry-After is obeyed, a day at most."""
    assert POLICY.wait_s(1, fraction=0, retry_after_s=17) == 17
    assert POLICY.wait_s(1, fraction=0, retry_after_s=1e9) == RETRY_AFTER_S_MAX


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("120", 120.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 50.0),
        ("Thu, 01 Jan 1970 00:01:00 -0000", 50.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, expected_s: float | None) -> None:
    """Both forms of the header are read; nonsense is no wish."""
    assert read_retry_after(text, now_ms=10_000) == expected_s
