"""What shall happen later, as the agents' door takes it."""

from datetime import timedelta

import httpx
import pytest

from libs.common import clock
from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import FakeKafka, bearer, token

CONVERSATION = "/v1/desks/support/conversations/cnv_1"


async def act(client: httpx.AsyncClient, path: str, body: object = None) -> httpx.Response:
    """One action of the agent `anna`."""
    return await client.post(f"{CONVERSATION}{path}", json=body, headers=bearer(token(Role.AGENT)))


async def test_a_snooze_becomes_its_event(client: httpx.AsyncClient, kafka: FakeKafka) -> None:
    """The event carries the instant, whatever zone it was written in."""
    until = clock.now() + timedelta(hours=1)

    answer = await act(client, "/snooze", {"until": until.isoformat()})

    assert answer.status_code == 202
    event = kafka.published[0].event
    assert event["type"] == "switchboard.event.snooze-requested.v1"
    assert event["data"] == {
        "agent_id": "anna",
        "conversation_id": "cnv_1",
        "until_ms": round(until.timestamp() * 1_000),
    }


@pytest.mark.parametrize(
    "until", [{"until": "2026-12-01T10:00:00"}, {"until": "soon"}, {}, {"until": 5, "to": "x"}]
)
async def test_a_time_without_a_zone_is_a_mistake(
    client: httpx.AsyncClient, kafka: FakeKafka, until: object
) -> None:
    """The answer names the field."""
    answer = await act(client, "/snooze", until)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert kafka.published == []


@pytest.mark.parametrize("ahead", [timedelta(seconds=-1), timedelta(days=367)])
async def test_a_time_out_of_range_is_refused_at_the_door(
    client: httpx.AsyncClient, kafka: FakeKafka, ahead: timedelta
) -> None:
    """With its own title, and nothing is published."""
    answer = await act(client, "/snooze", {"until": (clock.now() + ahead).isoformat()})

    assert (answer.status_code, answer.json()["title"]) == (422, "Time out of range")
    assert kafka.published == []


async def test_a_promise_in_local_time_becomes_an_instant(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """What the customer's clock shows is what counts; the zone stays for people."""
    local = (clock.now() + timedelta(days=30)).replace(hour=15, minute=0, second=0, microsecond=0)
    sent = {"local": local.strftime("%Y-%m-%dT%H:%M"), "zone": "Asia/Tokyo", "note": "the bill"}

    answer = await act(client, "/follow-up", sent)

    assert answer.status_code == 202
    assert kafka.published[0].event["type"] == "switchboard.event.follow-up-requested.v1"
    assert kafka.published[0].event["data"] == {
        "agent_id": "anna",
        "conversation_id": "cnv_1",
        "due_ms": round((local - timedelta(hours=9)).timestamp() * 1_000),
        "zone": "Asia/Tokyo",
        "note": "the bill",
    }


async def test_a_promise_by_the_instant_needs_no_zone(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """Whoever knows the instant says it."""
    at = clock.now() + timedelta(hours=1)

    answer = await act(client, "/follow-up", {"at": at.isoformat()})

    assert answer.status_code == 202
    assert kafka.published[0].event["data"]["due_ms"] == round(at.timestamp() * 1_000)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"local": "2027-01-01T15:00"},
        {"zone": "Europe/Berlin"},
        {"at": "2027-01-01T15:00:00Z", "local": "2027-01-01T15:00", "zone": "Europe/Berlin"},
        {"at": "2027-01-01T15:00:00Z", "zone": "Europe/Berlin"},
        {"local": "2027-01-01T15:00", "zone": "Europe/Atlantis"},
        {"local": "2001-01-01T15:00", "zone": "Europe/Berlin"},
        {"at": "2999-01-01T15:00:00Z"},
        {"local": "9999-12-31T23:59", "zone": "America/New_York"},
        {"local": "0001-01-01T00:00", "zone": "Asia/Tokyo"},
    ],
)
async def test_a_promise_names_one_time_that_there_is(
    client: httpx.AsyncClient, kafka: FakeKafka, sent: object
) -> None:
    """No time, two times, no such zone, past and far: refused at the door."""
    answer = await act(client, "/follow-up", sent)

    assert answer.status_code == 422
    assert kafka.published == []


async def test_a_promise_is_taken_back(client: httpx.AsyncClient, kafka: FakeKafka) -> None:
    """Without a body."""
    answer = await act(client, "/follow-up/cancel")

    assert answer.status_code == 202
    event = kafka.published[0].event
    assert event["type"] == "switchboard.event.follow-up-cancel-requested.v1"
    assert event["data"] == {"agent_id": "anna", "conversation_id": "cnv_1"}
