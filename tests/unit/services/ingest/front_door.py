"""An ingest without network: a fake Kafka, two tenants' endpoints, and credentials of any kind."""

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import jwt
import orjson
from fastapi import FastAPI
from jwt import PyJWK

from libs.channels.endpoints import load_endpoints
from libs.common.api_keys import ApiKey, ApiKeys
from libs.common.contracts.terms import Role, TenantId
from libs.common.credentials import Authenticator
from libs.common.errors import ServiceError
from libs.common.health import Health
from libs.common.kafka_records import RecordPlace, SendHeaders
from libs.common.tokens import TokenVerifier
from services.ingest.app import create_app
from services.ingest.core.desk_rates import DeskRates
from services.ingest.flood_gate import FloodGate, GateLimits
from services.ingest.settings import IngestSettings
from services.ingest.spill_watch import SpillWatch

KEY = b"a key of thirty-two bytes or more, for tests"
TELEGRAM_SECRET = "telegram-secret-of-acme"
API_KEY = "sk_integrator_of_acme"
NARROW_API_KEY = "sk_integrator_of_one_desk"

ENDPOINTS = f"""
- {{endpoint_id: acme-chat, channel: web_chat, tenant_id: acme, desk_id: support}}
- {{endpoint_id: acme-other-chat, channel: web_chat, tenant_id: acme, desk_id: sales}}
- {{endpoint_id: globex-chat, channel: web_chat, tenant_id: globex, desk_id: support}}
- endpoint_id: acme-bot
  channel: telegram
  tenant_id: acme
  desk_id: support
  secrets: [{TELEGRAM_SECRET}]
  settings: {{token: "123:abc"}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One record that the fake Kafka took."""

    topic: str
    key: bytes | None
    value: bytes
    headers: dict[str, bytes]

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent in it."""
        read: dict[str, Any] = orjson.loads(self.value)
        return read


@dataclass(slots=True)
class FakeKafka:
    """Remembers what it acknowledged; `failure`, if set, is raised from the record number
    `fails_at` on.
    """

    published: list[Published] = field(default_factory=list)
    failure: ServiceError | None = None
    fails_at: int = 0

    def reset(self) -> None:
        """Forget everything and be well again."""
        self.published.clear()
        self.failure, self.fails_at = None, 0

    async def publish(
        self, topic: str, *, key: bytes | None, value: bytes, headers: SendHeaders = ()
    ) -> RecordPlace:
        """Acknowledge at once, or fail as told."""
        if self.failure is not None and len(self.published) >= self.fails_at:
            raise self.failure
        record = Published(topic=topic, key=key, value=value, headers=dict(headers))
        self.published.append(record)
        return RecordPlace(partition=0, offset=len(self.published) - 1)

    async def check(self) -> None:
        """Raise what publishing would."""
        if self.failure is not None:
            raise self.failure


@dataclass(slots=True)
class FakeProgress:
    """A spill whose ends and whose progress a test sets; nothing waits at first."""

    end: dict[int, int] = field(default_factory=dict)
    done: dict[int, int] = field(default_factory=dict)
    failure: ServiceError | None = None
    asked: int = 0

    async def ends(self) -> dict[int, int]:
        """Where each of six partitions ends."""
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return {partition: self.end.get(partition, 0) for partition in range(6)}

    async def done_to(self, partition: int) -> int:
        """How far the partition was drained."""
        return self.done.get(partition, 0)


def gate(
    progress: FakeProgress | None = None, *, burst: int = 1_000, events_max: int = 100
) -> FloodGate:
    """A gate over a fake spill; a desk may send `burst` events, and next to none after them."""
    return FloodGate(
        SpillWatch(progress or FakeProgress()),
        rates=DeskRates(rate_per_s=0.001, burst=burst),
        limits=GateLimits(spill_events_max=events_max, catch_up_s=0.05, catch_up_events_max=10),
        partitions=6,
    )


class OneKey:
    """A key source with the test's key."""

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key, whatever the id."""
        del key_id
        encoded = base64.urlsafe_b64encode(KEY).rstrip(b"=").decode()
        return PyJWK({"kty": "oct", "k": encoded, "alg": "HS256"})

    async def stop(self) -> None:
        """Nothing to let go of."""


def token(
    *roles: Role,
    tenant: str = "acme",
    subject: str = "anna",
    desks: Sequence[str] = ("support",),
    endpoint: str | None = None,
    expires_in_s: int = 600,
) -> str:
    """A bearer token of the test's issuer."""
    claims: dict[str, Any] = {
        "iss": "switchboard",
        "aud": "switchboard",
        "sub": subject,
        "tenant": tenant,
        "roles": list(roles),
        "desks": list(desks),
        "exp": int(time.time()) + expires_in_s,  # noqa: TID251 - tokens carry real time
    }
    if endpoint is not None:
        claims["endpoint"] = endpoint
    return jwt.encode(claims, KEY, algorithm="HS256")


def customer_token(*, endpoint: str = "acme-chat", subject: str = "visitor-1", **more: Any) -> str:  # noqa: ANN401 - as `token`
    """A web-chat customer's token."""
    return token(Role.CUSTOMER, subject=subject, endpoint=endpoint, desks=(), **more)


def bearer(credential: str) -> dict[str, str]:
    """The header that presents a credential."""
    return {"Authorization": f"Bearer {credential}"}


def authenticator() -> Authenticator:
    """Verifies the tokens above and the two API keys."""
    keys = [
        ApiKey(
            key_id="shop",
            sha256=sha256(secret.encode()).hexdigest(),
            tenant_id=TenantId("acme"),
            roles=frozenset({Role.INTEGRATOR}),
            desks=frozenset(desks),
        )
        for secret, desks in ((API_KEY, {"*"}), (NARROW_API_KEY, {"support"}))
    ]
    verifier = TokenVerifier(OneKey(), issuer="switchboard", audience="switchboard")
    return Authenticator(tokens=verifier, api_keys=ApiKeys(keys))


def settings(tmp_path: Path, **more: Any) -> IngestSettings:  # noqa: ANN401 - any setting
    """Settings whose files exist; nothing in them is read by `create_app`."""
    file = tmp_path / "endpoints.yaml"
    file.write_text(ENDPOINTS)
    return IngestSettings(
        kafka_bootstrap_servers="nowhere:9092", endpoints_file=file, api_keys_file=file, **more
    )


def app_around(kafka: FakeKafka, tmp_path: Path, **more: Any) -> FastAPI:  # noqa: ANN401 - settings
    """The whole application around a fake Kafka."""
    return create_app(
        settings(tmp_path, **more),
        publisher=kafka,
        progress=FakeProgress(),
        endpoints=load_endpoints(ENDPOINTS),
        authenticator=authenticator(),
        health=Health(),
    )


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client that calls the application directly."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://ingest"
    )
