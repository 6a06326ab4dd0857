"""Tests of joining the parts without a network."""

from pathlib import Path

import httpx
from pydantic import SecretStr

from libs.common.credentials import Authenticator
from services.notifier.app import Configured, create_app
from services.notifier.settings import NotifierSettings


def settings() -> NotifierSettings:
    """Settings that name servers which are not there."""
    return NotifierSettings.model_construct(
        kafka_bootstrap_servers="127.0.0.1:1",
        mongodb_uri=SecretStr("mongodb://127.0.0.1:1"),
        endpoints_file=Path("nowhere"),
    )


def configured() -> Configured:
    """Nothing is configured, and nobody is known."""
    return Configured(
        endpoints={},
        subscriptions=(),
        authenticator=Authenticator(tokens=None, api_keys=None),
    )


async def test_app_is_made_without_network_or_files() -> None:
    """The API's description can be generated anywhere."""
    app = create_app(settings(), configured=configured())

    assert "/v1/customer-stream" in app.openapi()["paths"]


async def test_app_that_did_not_start_is_alive_and_not_ready() -> None:
    """The probes tell a process that waits for its servers from a broken one."""
    transport = httpx.ASGITransport(create_app(settings(), configured=configured()))
    async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
        paths = ("/livez", "/readyz", "/v1/customer-stream")
        found = [(await client.get(path)).status_code for path in paths]

    assert found == [200, 503, 401]
