"""A rate with a burst, as a pure counter: time is told to it.

A bucket holds at most `burst` tokens and gains `rate_per_s` of them a second. Whoever takes tokens
only while there are enough has, in any stretch of `t` seconds, taken at most
`burst + rate_per_s * t`.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class TokenBucket:
    """Full at first. Times are seconds on a clock that never goes back."""

    rate_per_s: float
    burst: int
    tokens: float
    as_of_s: float

    @classmethod
    def full(cls, *, rate_per_s: float, burst: int, now_s: float) -> "TokenBucket":
        """A bucket with `burst` tokens."""
        return cls(rate_per_s=rate_per_s, burst=burst, tokens=burst, as_of_s=now_s)

    def take(self, count: int, now_s: float) -> bool:
        """Take so many tokens, or none and return False."""
        if self.available(now_s) < count:
            return False
        self.tokens -= count
        return True

    def available(self, now_s: float) -> int:
        """The whole tokens there are now."""
        gained = max(0.0, now_s - self.as_of_s) * self.rate_per_s
        self.tokens = min(float(self.burst), self.tokens + gained)
        self.as_of_s = max(self.as_of_s, now_s)
        return int(self.tokens)

    def wait_s(self, now_s: float) -> float:
        """Seconds until there is a token; 0 when there is one."""
        if self.available(now_s) >= 1:
            return 0.0
        return (1 - self.tokens) / self.rate_per_s
