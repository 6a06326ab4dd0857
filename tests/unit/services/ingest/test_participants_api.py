"""Company in a conversation is asked for in the caller's own name, and monitors by role alone."""

import httpx
import pytest

from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import FakeKafka, bearer, token

CONVERSATION = "/v1/desks/support/conversations/cnv_1"


@pytest.mark.parametrize(
    ("role", "path", "body", "kind", "data"),
    [
        (
            Role.AGENT,
            "/participants",
            {"participant_id": "berta"},
            "participant-invited",
            {"participant_id": "berta", "kind": "consultant"},
        ),
        (
            Role.AGENT,
            "/participants",
            {"participant_id": "berta", "kind": "conferee"},
            "participant-invited",
            {"participant_id": "berta", "kind": "conferee"},
        ),
        (
            Role.SUPERVISOR,
            "/monitor",
            None,
            "participant-invited",
            {"participant_id": "anna", "kind": "monitor"},
        ),
        (Role.SUPERVISOR, "/acknowledge", None, "escalation-acknowledged", {}),
        (Role.AGENT, "/leave", None, "participant-left", {}),
        (Role.SUPERVISOR, "/leave", {}, "participant-left", {}),
        (Role.AGENT, "/hand-over", None, "owner-left", {}),
        (
            Role.AGENT,
            "/hand-over",
            {"successor_id": "berta"},
            "owner-left",
            {"successor_id": "berta"},
        ),
    ],
)
async def test_action_becomes_its_event(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    *,
    role: Role,
    path: str,
    body: object,
    kind: str,
    data: dict[str, str],
) -> None:
    """The event says who did what to which conversation; who acts is the token's subject."""
    answer = await client.post(f"{CONVERSATION}{path}", json=body, headers=bearer(token(role)))

    event = kafka.published[0].event
    assert answer.json() == {"event_id": event["id"]}
    assert event["type"] == f"switchboard.event.{kind}.v1"
    assert event["data"] == {"agent_id": "anna", "conversation_id": "cnv_1", **data}
    assert event["subject"] == "cnv_1"


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.AGENT, "/monitor"),
        (Role.AGENT, "/acknowledge"),
        (Role.SUPERVISOR, "/participants"),
        (Role.SUPERVISOR, "/hand-over"),
        (Role.INTEGRATOR, "/leave"),
    ],
)
async def test_wrong_role_is_refused(
    client: httpx.AsyncClient, kafka: FakeKafka, role: Role, path: str
) -> None:
    """Only a supervisor monitors, and only agents own and invite."""
    answer = await client.post(f"{CONVERSATION}{path}", headers=bearer(token(role)))

    assert answer.status_code == 403
    assert kafka.published == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/participants", {}, "participant_id"),
        ("/participants", {"participant_id": "Berta"}, "participant_id"),
        ("/participants", {"participant_id": "berta", "kind": "monitor"}, "kind"),
        ("/hand-over", {"successor_id": 5}, "successor_id"),
        ("/leave", {"agent_id": "berta"}, "agent_id"),
    ],
)
async def test_wrong_field_is_named(
    client: httpx.AsyncClient, kafka: FakeKafka, path: str, body: object, field: str
) -> None:
    """The answer names the field, and nothing is in the log."""
    answer = await client.post(
        f"{CONVERSATION}{path}", json=body, headers=bearer(token(Role.AGENT))
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert kafka.published == []


async def test_repeat_with_its_key_is_the_same_event(client: httpx.AsyncClient) -> None:
    """An invitation whose answer was lost is sent again without inviting twice."""
    headers = {**bearer(token(Role.AGENT)), "Idempotency-Key": "k1"}
    body = {"participant_id": "berta"}

    answers = [
        await client.post(f"{CONVERSATION}/participants", json=body, headers=headers)
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
