"""How long people would wait: the Kaplan-Meier estimate, and draws from it.

Whoever is answered tells only that their patience was longer than their wait; the estimate takes
that into account, where the mean of the hang-ups' waits would not.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from operator import neg


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """The share whose patience exceeds each time; beyond the last time it falls exponentially."""

    times_ms: tuple[int, ...]
    shares: tuple[float, ...]
    rate_per_ms: float

    def share_after(self, time_ms: float) -> float:
        """The share of people who would wait longer than this."""
        place = bisect_left(self.times_ms, time_ms + 1e-9)
        return self.shares[place - 1] if place else 1.0

    def draw_ms(self, uniform: float, *, longer_than_ms: int) -> int:
        """A patience, given that it is longer than that; `uniform` in (0, 1] chooses which."""
        target = uniform * self.share_after(longer_than_ms)
        place = bisect_right(self.shares, -target, key=neg)
        if place < len(self.times_ms):
            return self.times_ms[place]
        last_ms = max(self.times_ms[-1] if self.times_ms else 0, longer_than_ms)
        left = self.share_after(last_ms)
        return last_ms + 1 + round(-log(target / left) / self.rate_per_ms)


def estimate_survival(waits: Iterable[tuple[int, bool]]) -> Survival:
    """The estimate from (wait in milliseconds, whether it ended in a hang-up).

    Raises ValueError when nobody waited or nobody hung up: then nothing is known.
    """
    seen = list(waits)
    total_ms = sum(wait_ms for wait_ms, _ in seen)
    hang_ups = Counter(wait_ms for wait_ms, hung_up in seen if hung_up)
    if not hang_ups or total_ms <= 0:
        raise ValueError("no patience to estimate: nobody hung up after a wait")
    times = sorted(hang_ups)
    return Survival(
        times_ms=tuple(times),
        shares=tuple(_shares(times, hang_ups, sorted(wait_ms for wait_ms, _ in seen))),
        rate_per_ms=hang_ups.total() / total_ms,
    )


def _shares(times: Sequence[int], hang_ups: Counter[int], waits: Sequence[int]) -> list[float]:
    """The product of the shares that go on waiting at each time at which somebody hung up."""
    share, shares = 1.0, []
    for time_ms in times:
        still_waiting = len(waits) - bisect_left(waits, time_ms)
        share *= 1 - hang_ups[time_ms] / still_waiting
        shares.append(share)
    return shares
