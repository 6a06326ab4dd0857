"""History's settings: one environment variable per field, units in the names."""

from typing import Annotated

from pydantic import Field

from libs.common.settings import AuthenticatedSettings


class HistorySettings(AuthenticatedSettings):
    """What history needs to know besides what every service does. Immutable."""

    # More records per transaction cost less each, and make a stop and a retry longer.
    history_batch_records_max: Annotated[int, Field(ge=1, le=5_000)] = 1_000
    # While one member of a group waits for its transaction, another one decodes.
    history_members_per_topic: Annotated[int, Field(ge=1, le=16)] = 2
