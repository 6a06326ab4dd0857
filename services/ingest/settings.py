"""What ingest needs to know at start, read from the environment."""

from typing import Annotated

from pydantic import Field, FilePath, SecretStr

from libs.common.settings import AuthenticatedSettings


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
