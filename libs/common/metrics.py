"""Every metric of the platform: its name with its unit, its labels, and what it tells.

Labels are bounded sets of our own words: never a tenant's text, an address or an id.
"""

from prometheus_client import Counter, Gauge, Histogram

# From a millisecond to ten seconds, dense where people notice.
LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

CONSUMED = Counter("switchboard_consumed_records_total", "Records processed.", ["topic"])
CONSUMED_AGE = Gauge(
    "switchboard_consumed_age_seconds", "Age of the record processed last.", ["topic"]
)
CONSUMER_RETRIES = Counter(
    "switchboard_consumer_retries_total", "Batches whose handler failed.", ["topic"]
)
CONSUMER_OUTAGES = Counter(
    "switchboard_consumer_outages_total", "Tries that met an outage.", ["error_type"]
)
DEAD_LETTERS = Counter("switchboard_dead_letters_total", "Records put aside.", ["topic"])
PUBLISHED = Histogram(
    "switchboard_publish_seconds",
    "From the call to the acknowledgement by all replicas.",
    ["topic"],
    buckets=LATENCY_BUCKETS_S,
)
REQUESTS = Histogram(
    "switchboard_request_seconds",
    "HTTP requests by route template.",
    ["method", "route", "status"],
    buckets=LATENCY_BUCKETS_S,
)
