"""What ingest needs to know at start, read from the environment."""

from typing import Annotated, Self

from pydantic import Field, FilePath, SecretStr, model_validator

from libs.common.settings import AuthenticatedSettings

# The router refuses events older than two days; what waits in the spill must be far from that.
SPILL_DRAIN_S_MAX = 24 * 3_600


class IngestSettings(AuthenticatedSettings):
    """The common settings and ingest's own. Immutable; times in seconds, sizes in bytes."""

    # Ingest never reads the database, so it need not be told where it is.
    mongodb_uri: SecretStr = SecretStr("")
    endpoints_file: Annotated[
        FilePath, Field(description="a YAML or JSON file that lists the endpoints")
    ]
    # A sender waits at most this long for Kafka's acknowledgement; then it hears 503.
    publish_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    # Events that may wait for an acknowledgement at once; over it senders hear 503 at once.
    publishes_in_flight_max: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    events_per_batch_max: Annotated[int, Field(ge=1, le=1_000)] = 100
    # Floods (docs/adr/0015). Rates are events a second; those of a desk count customers' messages
    # and links of contact points alone. What one replica hears of a desk above its rate is spilled.
    desk_rate_per_s: Annotated[float, Field(ge=1, le=100_000)] = 200
    desk_burst: Annotated[int, Field(ge=1, le=100_000)] = 400
    # How fast the spill is drained: each desk, and all desks of a partition together. A desk's
    # should be DESK_RATE_PER_S times the replicas: then what is within the rate never piles up.
    spill_desk_rate_per_s: Annotated[float, Field(ge=1, le=100_000)] = 600
    spill_rate_per_s: Annotated[float, Field(ge=1, le=100_000)] = 1_200
    # So many events may wait in a partition's spill; then the senders of flooded desks hear 503,
    # and at twice as many everyone.
    spill_events_max: Annotated[int, Field(ge=1_000, le=200_000)] = 100_000
    # An event within its desk's rate waits so long at most for the spill to run empty.
    spill_catch_up_s: Annotated[float, Field(gt=0, le=5)] = 0.25

    @model_validator(mode="after")
    def _rates_fit(self) -> Self:
        if self.desk_burst < self.events_per_batch_max:
            raise ValueError("DESK_BURST must be at least EVENTS_PER_BATCH_MAX")
        if not self.desk_rate_per_s <= self.spill_desk_rate_per_s <= self.spill_rate_per_s:
            raise ValueError("set DESK_RATE_PER_S <= SPILL_DESK_RATE_PER_S <= SPILL_RATE_PER_S")
        if 2 * self.spill_events_max > SPILL_DRAIN_S_MAX * self.spill_desk_rate_per_s:
            raise ValueError("SPILL_EVENTS_MAX takes more than 12 h at SPILL_DESK_RATE_PER_S")
        return self
