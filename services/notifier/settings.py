"""The notifier's settings: one environment variable per field, units in the names."""

from typing import Annotated

from pydantic import Field, FilePath

from libs.common.settings import AuthenticatedSettings
from services.notifier.core.retries import RetryPolicy

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class NotifierSettings(AuthenticatedSettings):
    """What the notifier needs to know besides what every service does. Immutable.

    `endpoints_file` lists our addresses on channels; `webhooks_file`, when set, which systems are
    told of escalations, and `contacts_file` where people are reached. Plain HTTP and private
    targets are for a laptop only.
    """

    endpoints_file: FilePath
    webhooks_file: FilePath | None = None
    contacts_file: FilePath | None = None
    allow_plain_http_targets: bool = False

    # For replicas whose names outlive a restart: they keep their partitions, and a replica that is
    # gone for good stalls its own for one session. Without it replicas come and go freely.
    notifier_group_instance_id: Annotated[str, Field(max_length=128)] | None = None
    notification_retention_h: Annotated[int, Field(ge=1, le=24 * 90)] = 24 * 7
    notifier_alive_interval_s: Annotated[float, Field(gt=0, le=10)] = 5

    stream_queue_messages_max: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    stream_recent_messages_max: Annotated[int, Field(ge=0, le=100_000)] = 2_000
    stream_heartbeat_s: Annotated[float, Field(gt=0, le=300)] = 20
    stream_send_timeout_s: Seconds = 10
    stream_join_timeout_s: Seconds = 5
    # Below what the server takes at all, so that the probes are always answered.
    streams_max: Annotated[int, Field(ge=1, le=9_000)] = 5_000

    errand_lease_s: Annotated[float, Field(ge=1, le=600)] = 90
    errand_poll_interval_s: Annotated[float, Field(gt=0, le=60)] = 1
    errands_per_lane_max: Annotated[int, Field(ge=1, le=100)] = 8

    delivery_attempts_max: Annotated[int, Field(ge=1, le=100)] = 12
    delivery_retry_base_s: Seconds = 1
    delivery_retry_cap_s: Seconds = 300
    webhook_timeout_s: Annotated[float, Field(gt=0, le=30)] = 15
    webhook_attempts_max: Annotated[int, Field(ge=1, le=100)] = 10
    webhook_retry_base_s: Seconds = 5
    webhook_retry_cap_s: Seconds = 86_400

    alert_timeout_s: Annotated[float, Field(gt=0, le=30)] = 10
    alert_attempts_max: Annotated[int, Field(ge=1, le=100)] = 10
    alert_retry_base_s: Seconds = 2
    alert_retry_cap_s: Seconds = 300

    @property
    def notification_retention_ms(self) -> int:
        """How long a stream can be resumed, in milliseconds."""
        return self.notification_retention_h * 3_600_000

    @property
    def delivery_policy(self) -> RetryPolicy:
        """When a reply is tried again."""
        return RetryPolicy(
            base_s=self.delivery_retry_base_s,
            cap_s=self.delivery_retry_cap_s,
            attempts_max=self.delivery_attempts_max,
        )

    @property
    def alert_policy(self) -> RetryPolicy:
        """When a contact is told again: soon, since an hour later it is of no use."""
        return RetryPolicy(
            base_s=self.alert_retry_base_s,
            cap_s=self.alert_retry_cap_s,
            attempts_max=self.alert_attempts_max,
        )

    @property
    def webhook_policy(self) -> RetryPolicy:
        """When a webhook is tried again: as Standard Webhooks advises, over days."""
        return RetryPolicy(
            base_s=self.webhook_retry_base_s,
            cap_s=self.webhook_retry_cap_s,
            attempts_max=self.webhook_attempts_max,
            factor=4,
        )
