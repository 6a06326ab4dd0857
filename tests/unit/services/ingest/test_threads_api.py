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
