"""An agent says that two conversations are one, or one is two, in their own name."""

import httpx
import pytest

from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import FakeKafka, bearer, token

CONVERSATION = "/v1/desks/support/conversations/cnv_1"


@pytest.mark.parametrize(
    ("path", "body", "kind", "data"),
    [
        (
            "/merge",
            {"with_conversation_id": "cnv_2"},
            "merge-requested",
            {"with_conversation_id": "cnv_2", "across_customers": False},
        ),
        (
            "/merge",
            {"with_conversation_id": "cnv_2", "across_customers": True},
            "merge-requested",
            {"with_conversation_id": "cnv_2", "across_customers": True},
        ),
        ("/split", None, "split-requested", {"note": ""}),
        ("/spam", None, "spam-marked", {"blocks": False}),
        (
            "/spam",
            {"blocks": True, "block_for_s": 3600},
            "spam-marked",
            {"blocks": True, "block_for_s": 3600},
        ),
        (
            "/split",
            {"queue_id": "money", "note": "her other matter"},
            "split-requested",
            {"queue_id": "money", "note": "her other matter"},
        ),
    ],
)
async def test_action_becomes_its_event(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    *,
    path: str,
    body: object,
    kind: str,
    data: dict[str, object],
) -> None:
    """The event says who wants what of which conversation; who acts is the token's subject."""
    headers = bearer(token(Role.AGENT))
    answer = await client.post(f"{CONVERSATION}{path}", json=body, headers=headers)

    event = kafka.published[0].event
    assert answer.json() == {"event_id": event["id"]}
    assert event["type"] == f"switchboard.event.{kind}.v1"
    sent = {name: value for name, value in event["data"].items() if value is not None}
    assert sent == {"agent_id": "anna", "conversation_id": "cnv_1", **data}
    assert event["subject"] == "cnv_1"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/merge", {}, "with_conversation_id"),
        ("/merge", {"with_conversation_id": ""}, "with_conversation_id"),
        ("/merge", {"with_conversation_id": "cnv_2", "across_customers": 3}, "across_customers"),
        ("/split", {"queue_id": "No Such"}, "queue_id"),
        ("/spam", {"block_for_s": 3600}, "block_for_s"),
        ("/spam", {"blocks": True, "block_for_s": 59}, "block_for_s"),
        ("/spam", {"blocks": True, "block_for_s": 31_536_001}, "block_for_s"),
        ("/split", {"note": "x" * 501}, "note"),
        ("/split", {"agent_id": "berta"}, "agent_id"),
    ],
)
async def test_body_is_checked(
    client: httpx.AsyncClient, kafka: FakeKafka, *, path: str, body: object, field: str
) -> None:
    """The agent learns which field is wrong, and nothing is published."""
    headers = bearer(token(Role.AGENT))
    answer = await client.post(f"{CONVERSATION}{path}", json=body, headers=headers)

    assert answer.status_code == 422
    assert field in answer.text
    assert kafka.published == []


async def test_supervisor_unblocks(client: httpx.AsyncClient, kafka: FakeKafka) -> None:
    """Agents may not: who was blocked was blocked for a reason."""
    body = {"contact_point_id": "ctp_00000000000000000001"}
    path = "/v1/desks/support/unblock"
    refused = await client.post(path, json=body, headers=bearer(token(Role.AGENT)))
    answer = await client.post(path, json=body, headers=bearer(token(Role.SUPERVISOR)))

    assert refused.status_code == 403
    event = kafka.published[0].event
    assert answer.json() == {"event_id": event["id"]}
    assert event["type"] == "switchboard.event.unblock-requested.v1"
    assert event["data"] == {"agent_id": "anna", **body}
