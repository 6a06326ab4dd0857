"""Which desks send more than their rate, as far as one replica hears."""

from collections import OrderedDict

from services.ingest.core.token_bucket import TokenBucket

# An integrator may name desks that nobody configured, so what is remembered has to be bounded.
# A forgotten desk begins anew with a full bucket.
DESKS_MAX = 10_000


class DeskRates:
    """A bucket for each desk, by its events' key; who was heard of longest ago is forgotten."""

    def __init__(self, *, rate_per_s: float, burst: int, desks_max: int = DESKS_MAX) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._desks_max = desks_max
        self._buckets: OrderedDict[bytes, TokenBucket] = OrderedDict()

    def is_within(self, desk: bytes, events: int, now_s: float) -> bool:
        """Whether the desk may send so many events now; they count if so."""
        bucket = self._buckets.get(desk)
        if bucket is None:
            bucket = TokenBucket.full(rate_per_s=self._rate_per_s, burst=self._burst, now_s=now_s)
            self._buckets[desk] = bucket
            if len(self._buckets) > self._desks_max:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(desk)
        return bucket.take(events, now_s)
