"""One endpoint: a configured address of ours on a channel, with its secrets and settings."""

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr

from libs.common.contracts.terms import ChannelName, DeskId, EndpointId, TenantId


class EndpointSettings(BaseModel):
    """What one channel needs to know about one endpoint. Secrets in it are `SecretStr` fields,
    which show as asterisks; an unknown field is an error, so that a typo can't go unnoticed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


S = TypeVar("S", bound=EndpointSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One configured address of ours. `secrets` verify what comes in; two may be valid at once
    while they are rotated.
    """

    endpoint_id: EndpointId
    channel: ChannelName
    tenant_id: TenantId
    desk_id: DeskId
    secrets: tuple[SecretStr, ...] = ()
    settings: EndpointSettings = field(default_factory=EndpointSettings)

    def settings_as(self, kind: type[S]) -> S:
        """The settings with their type. Raises TypeError if they belong to another channel."""
        if not isinstance(self.settings, kind):
            raise TypeError(f"endpoint {self.endpoint_id} has no {kind.__name__}")
        return self.settings
