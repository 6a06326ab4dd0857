"""Every metric of the platform: its name with its unit, its labels, and what it tells.

Labels are bounded sets of our own words: never a tenant's text, an address or an id. One exception:
what is promised is told by desk and policy, the first `POLICIES_MAX` of them by name.
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
INGEST_ACCEPTED = Counter(
    "switchboard_ingest_accepted_events_total",
    "Events that Kafka acknowledged, by the door they came through.",
    ["door"],
)
INGEST_IGNORED = Counter(
    "switchboard_ingest_ignored_total",
    "Valid parts of webhooks that hold nothing to route.",
    ["door", "reason"],
)
INGEST_REFUSED = Counter(
    "switchboard_ingest_refused_total",
    "Requests that were answered with an error, by door and kind of error.",
    ["door", "reason"],
)
INGEST_IN_FLIGHT = Gauge(
    "switchboard_ingest_in_flight_events", "Events that wait for Kafka's acknowledgement."
)
# Floods. Partitions are few and fixed, so they make bounded labels.
SPILLED = Counter(
    "switchboard_ingest_spilled_events_total",
    "Events that wait in the spill, by why: above the desk's rate, or behind others in order.",
    ["reason"],
)
DRAINED = Counter(
    "switchboard_ingest_drained_events_total",
    "Spilled events that went on to the router.",
    ["partition"],
)
SPILL_BACKLOG = Gauge(
    "switchboard_ingest_spill_backlog_events",
    "Spilled events that wait, where this replica drains the partition.",
    ["partition"],
)
SPILL_AGE = Gauge(
    "switchboard_ingest_spill_oldest_age_seconds",
    "Age of the spilled event that waits longest, where this replica drains the partition.",
    ["partition"],
)
SPILL_DESKS = Gauge(
    "switchboard_ingest_desks_held_back",
    "Desks held back, where this replica drains.",
    ["partition"],
)

# The notifier.
STREAMS = Gauge("switchboard_streams", "Streams open now.", ["kind"])
STREAMS_CLOSED = Counter(
    "switchboard_streams_closed_total", "Streams that ended.", ["kind", "code"]
)
PUSHED = Histogram(
    "switchboard_push_seconds",
    "From the broker's append of a decision to the stream that shows it.",
    ["kind"],
    buckets=LATENCY_BUCKETS_S,
)
LIVE_AGE = Gauge("switchboard_live_age_seconds", "Age of the decision read last, live.")
DELIVERY_ATTEMPTS = Counter(
    "switchboard_delivery_attempts_total", "Attempts to deliver a reply.", ["channel", "outcome"]
)
WEBHOOK_ATTEMPTS = Counter(
    "switchboard_webhook_attempts_total", "Attempts to tell a webhook.", ["outcome"]
)
ALERT_ATTEMPTS = Counter(
    "switchboard_alert_attempts_total", "Attempts to tell a contact.", ["way", "outcome"]
)

# Promises, counted from records that count, by whoever writes the notifications. Attainment is what
# was kept of what was kept or broken.
POLICIES_MAX = 200
SLA_OUTCOMES = Counter(
    "switchboard_sla_outcomes_total",
    "Targets that were kept, broken, or canceled because the conversation ended.",
    ["tenant", "desk", "policy", "target", "outcome"],
)
SLA_AT_RISK = Counter(
    "switchboard_sla_at_risk_total",
    "Targets that came to be at risk.",
    ["tenant", "desk", "policy", "target"],
)
ESCALATIONS = Counter(
    "switchboard_escalations_total",
    "Levels that fired; a queue's own short form is the policy `queue`.",
    ["tenant", "desk", "policy", "level"],
)
ESCALATIONS_STOPPED = Counter(
    "switchboard_escalations_stopped_total",
    "Chains that stopped before their last level, by cause.",
    ["tenant", "desk", "policy", "cause"],
)
FIRING_LATENESS = Histogram(
    "switchboard_firing_lateness_seconds",
    "How late what was due fired, in engine time.",
    ["what"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)

# History.
HISTORY_ENTRIES = Counter(
    "switchboard_history_entries_total", "Entries written into the timeline.", ["origin"]
)
HISTORY_BATCH = Histogram(
    "switchboard_history_batch_records",
    "Records that one transaction took in.",
    ["topic"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000),
)
HISTORY_WRITE = Histogram(
    "switchboard_history_write_seconds",
    "One batch's transaction, from its first operation to its commit.",
    ["topic"],
    buckets=LATENCY_BUCKETS_S,
)
HISTORY_AGE = Histogram(
    "switchboard_history_age_seconds",
    "From the broker's append of a record to its commit in the timeline.",
    ["topic"],
    buckets=LATENCY_BUCKETS_S,
)

# The router. Partitions are few and fixed, so they make bounded labels.
ROUTER_DECIDED = Counter("switchboard_router_events_total", "Events decided.", ["partition"])
ROUTER_DECISIONS = Counter("switchboard_router_decisions_total", "Decisions published.", ["type"])
ROUTER_EVENT_AGE = Gauge(
    "switchboard_router_event_age_seconds", "Age of the event decided last.", ["partition"]
)
ROUTER_DECIDE = Histogram(
    "switchboard_router_decide_seconds",
    "From the broker's append of an event to the acknowledgement of its record.",
    buckets=LATENCY_BUCKETS_S,
)
ROUTER_PIPELINE = Gauge(
    "switchboard_router_pipeline_records", "Own records not read back yet.", ["partition"]
)
ROUTER_EPOCHS_ENDED = Counter(
    "switchboard_router_epochs_ended_total", "Takeovers that ended, by reason.", ["reason"]
)
ROUTER_VOID = Counter("switchboard_router_void_records_total", "Records that do not count.")
ROUTER_SAVED_AT = Gauge(
    "switchboard_router_saved_timestamp_seconds", "When the last save was stored.", ["partition"]
)
ROUTER_OWNED = Gauge("switchboard_router_owned", "1 while this replica decides.", ["partition"])
ROUTER_STOPPED = Gauge(
    "switchboard_router_stopped", "1 while the partition waits for a person.", ["partition"]
)
ROUTER_INQUIRIES = Histogram(
    "switchboard_router_inquiry_seconds",
    "Questions about a saved desk, by whether its state had to be restored.",
    ["restored"],
    buckets=LATENCY_BUCKETS_S,
)
