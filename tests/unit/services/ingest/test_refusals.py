"""Every refusal is counted by door and kind."""

import httpx
import pytest

from libs.common.contracts.terms import Role
from libs.common.errors import MalformedBodyError, UnavailableError
from libs.common.metrics import INGEST_REFUSED
from services.ingest.refusals import reason_of
from tests.unit.services.ingest.front_door import bearer, token


def counted(door: str, reason: str) -> float:
    """How often this door refused for this reason."""
    return float(INGEST_REFUSED.labels(door, reason)._value.get())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MalformedBodyError("x"), "malformed_body"),
        (UnavailableError("x"), "unavailable"),
    ],
)
def test_reason_is_the_kind_of_error(error: Exception, reason: str) -> None:
    """A bounded set of words."""
    assert reason_of(error) == reason


async def test_refusals_are_counted(client: httpx.AsyncClient) -> None:
    """By the door that was asked for, and by kind."""
    reasons = [
        ("telegram", "unauthenticated"),
        ("unknown", "unauthenticated"),
        ("events", "http_405"),
        ("agent", "document"),
        ("agent", "request_validation"),
    ]
    before = [counted(*reason) for reason in reasons]
    agent = bearer(token(Role.AGENT))

    await client.post("/v1/channels/telegram/acme-bot", content=b"{}")
    await client.post("/v1/channels/invented/acme-bot", content=b"{}")
    await client.get("/v1/events")
    await client.post("/v1/desks/support/presence", json={}, headers=agent)
    await client.post("/v1/desks/NoName/presence", json={}, headers=agent)

    assert [counted(*reason) for reason in reasons] == [count + 1 for count in before]
