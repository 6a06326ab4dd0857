"""What a stack is configured with, and the files in which the services read it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from libs.common.contracts.terms import Role

PARTITIONS = 6
_PRIVATE_MODE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEntry:
    """One address of ours on a channel, as the endpoints file lists it."""

    endpoint_id: str
    channel: str
    tenant_id: str
    desk_id: str
    secrets: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEntry:
    """One system that is told of some types of notifications, as the webhooks file lists it."""

    webhook_id: str
    tenant_id: str
    desk_id: str
    url: str
    secrets: tuple[str, ...]
    types: tuple[str, ...] = ("escalation.fired",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyEntry:
    """An integrator's key. The file gets its SHA-256 alone."""

    key_id: str
    secret: str
    tenant_id: str
    roles: tuple[Role, ...] = (Role.INTEGRATOR,)
    desks: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfiguration:
    """All that a stack is told. `variables` are further environment variables by service name."""

    endpoints: tuple[EndpointEntry, ...] = ()
    webhooks: tuple[WebhookEntry, ...] = ()
    api_keys: tuple[ApiKeyEntry, ...] = ()
    partitions: int = PARTITIONS
    mongodb_database: str = "switchboard"
    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConfigurationFiles:
    """Where the written configuration lies, beside the issuer's keys and the example tokens."""

    directory: Path

    @property
    def endpoints(self) -> Path:
        """Our addresses on channels, provider secrets included."""
        return self.directory / "endpoints.json"

    @property
    def webhooks(self) -> Path:
        """Who is told over webhooks."""
        return self.directory / "webhooks.json"

    @property
    def api_keys(self) -> Path:
        """The hashes of integrators' keys."""
        return self.directory / "api-keys.json"

    @property
    def tokens(self) -> Path:
        """Example credentials for people who try the stack; written by `up` alone."""
        return self.directory / "tokens.json"

    def write(self, configuration: StackConfiguration) -> None:
        """Write all three files, readable by their owner alone."""
        self.directory.mkdir(parents=True, exist_ok=True)
        write_private(self.endpoints, [asdict(entry) for entry in configuration.endpoints])
        write_private(self.webhooks, [asdict(entry) for entry in configuration.webhooks])
        write_private(self.api_keys, [_hashed(entry) for entry in configuration.api_keys])


def write_private(path: Path, document: object) -> None:
    """Write JSON into a file that its owner alone can read."""
    path.touch(mode=_PRIVATE_MODE)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _hashed(entry: ApiKeyEntry) -> dict[str, object]:
    return {
        "key_id": entry.key_id,
        "sha256": sha256(entry.secret.encode()).hexdigest(),
        "tenant_id": entry.tenant_id,
        "roles": [role.value for role in entry.roles],
        "desks": list(entry.desks),
    }
