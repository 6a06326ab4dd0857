"""Links between addresses, and their end."""

import httpx
import pytest

from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import API_KEY, FakeKafka, bearer, token

MAIL = {"family": "email", "address": "Anna@example.org"}
PHONE = {"family": "phone", "address": "+49 170 1234567"}


async def test_link_and_its_end_name_the_same_pair(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """Whichever way round they are named and spelled."""
    spelled = {"family": "phone", "address": "0049-170-1234567"}
    by_agent, by_integrator = bearer(token(Role.AGENT)), bearer(API_KEY)

    await client.post("/v1/desks/support/links", json={"a": MAIL, "b": PHONE}, headers=by_agent)
    await client.post(
        "/v1/desks/support/unlinks", json={"a": spelled, "b": MAIL}, headers=by_integrator
    )

    linked, unlinked = (record.event for record in kafka.published)
    assert linked["type"] == "switchboard.event.contact-points-linked.v1"
    assert unlinked["type"] == "switchboard.event.contact-points-unlinked.v1"
    assert linked["data"] == unlinked["data"]


@pytest.mark.parametrize(
    "body",
    [
        {"a": MAIL, "b": MAIL},
        {"a": MAIL},
        {"a": MAIL, "b": {"family": "carrier pigeon", "address": "x"}},
        {"a": MAIL, "b": {"family": "phone", "address": "anna"}},
        {"a": MAIL, "b": {"contact_point_id": "ctp_1"}},
    ],
)
async def test_senseless_link_is_refused(
    client: httpx.AsyncClient, kafka: FakeKafka, body: object
) -> None:
    """Two different addresses, each of its family; ids of ours are never taken from outside."""
    answer = await client.post(
        "/v1/desks/support/links", json=body, headers=bearer(token(Role.SUPERVISOR))
    )

    assert answer.status_code == 422
    assert "anna" not in answer.text
    assert kafka.published == []
