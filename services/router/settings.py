"""The router's settings: one environment variable per field, units in the names."""

from typing import Annotated

from pydantic import Field

from libs.common.kafka_consumer import SESSION_TIMEOUT_MS
from libs.common.settings import AuthenticatedSettings
from services.router.core.ownership_limits import Limits


class RouterSettings(AuthenticatedSettings):
    """What the router needs to know besides what every service does. Immutable."""

    router_group_id: Annotated[str, Field(min_length=1)] = "router"
    # How long a silent replica keeps its partitions; the broker allows nothing under 6 s.
    router_session_timeout_s: Annotated[float, Field(ge=6, le=300)] = SESSION_TIMEOUT_MS / 1000
    # Saves only shorten the recovery: seldom saves make a crash longer to fold, never lossy.
    router_save_every_records: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    router_save_every_s: Annotated[float, Field(ge=0.1, le=3_600)] = 2.0
    router_pipeline_records_max: Annotated[int, Field(ge=1, le=10_000)] = 512
    # A question about a desk restores its saved state in a thread beside the loop, at about 4 KB
    # and 0.2 ms a part (an item, an agent): how many parts a desk may have, and all that are kept
    # together; how many states are kept; how many questions wait, and for how long.
    router_inquiry_entities_max: Annotated[int, Field(ge=1, le=1_000_000)] = 40_000
    router_inquiry_desks_kept: Annotated[int, Field(ge=0, le=1_000)] = 8
    router_inquiry_waiting_max: Annotated[int, Field(ge=1, le=1_000)] = 16
    router_inquiry_timeout_s: Annotated[float, Field(gt=0, le=120)] = 20.0

    def limits(self) -> Limits:
        """The bounds of each takeover."""
        return Limits(
            save_every_records=self.router_save_every_records,
            save_every_ms=int(self.router_save_every_s * 1000),
            pipeline_records_max=self.router_pipeline_records_max,
        )
