"""When to try again: capped exponential backoff with full jitter, and an end."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRY_AFTER_S_MAX = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Attempts count from 1; waits grow from `base_s` by `factor` up to `cap_s` seconds."""

    base_s: float
    cap_s: float
    attempts_max: int
    factor: float = 2.0

    def wait_s(
        self, attempts: int, *, fraction: float, retry_after_s: float | None = None
    ) -> float | None:
        """Seconds to wait after so many failed attempts, or None: give up.

        `fraction` in [0, 1) is drawn by the caller; the far side's wish is never undercut.
        """
        if attempts >= self.attempts_max:
            return None
        # The exponent is bounded before it is raised: a float has an end.
        ceiling_s = min(self.cap_s, self.base_s * self.factor ** min(attempts - 1, 64))
        wished_s = min(retry_after_s or 0.0, RETRY_AFTER_S_MAX)
        return max(ceiling_s * fraction, wished_s)


def read_retry_after(text: str | None, *, now_ms: int) -> float | None:
    """Seconds named by a Retry-After header (a number or a date), or None without a usable one."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.fromtimestamp(now_ms / 1000, UTC)).total_seconds())
