"""What an agent's app does becomes the right event, in the agent's own name."""

import httpx
import pytest

from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import FakeKafka, bearer, token

DESK = "/v1/desks/support"


async def act(client: httpx.AsyncClient, path: str, body: object = None) -> httpx.Response:
    """One action of the agent `anna`."""
    return await client.post(f"{DESK}{path}", json=body, headers=bearer(token(Role.AGENT)))


@pytest.mark.parametrize(
    ("path", "body", "kind", "data"),
    [
        (
            "/presence",
            {"presence": "available"},
            "agent-presence-set",
            {"presence": "available"},
        ),
        ("/reservations/rsv_1/accept", None, "reservation-accepted", {"reservation_id": "rsv_1"}),
        ("/reservations/rsv_1/reject", {}, "reservation-rejected", {"reservation_id": "rsv_1"}),
        (
            "/conversations/cnv_1/replies",
            {"text": "שלום 👋"},
            "reply-sent",
            {"conversation_id": "cnv_1", "text": "שלום 👋"},
        ),
        (
            "/conversations/cnv_1/transfer",
            {"queue_id": "money", "note": "angry"},
            "transfer-requested",
            {"conversation_id": "cnv_1", "queue_id": "money", "note": "angry"},
        ),
        (
            "/conversations/cnv_1/transfer",
            {"to_agent_id": "berta"},
            "transfer-requested",
            {"conversation_id": "cnv_1", "to_agent_id": "berta", "note": ""},
        ),
        ("/conversations/cnv_1/park", None, "park-requested", {"conversation_id": "cnv_1"}),
        ("/conversations/cnv_1/close", None, "close-requested", {"conversation_id": "cnv_1"}),
        (
            "/conversations/cnv_1/close",
            {"after_sequence": 0},
            "close-requested",
            {"conversation_id": "cnv_1", "after_sequence": 0},
        ),
        (
            "/conversations/cnv_1/close",
            {"after_sequence": 4},
            "close-requested",
            {"conversation_id": "cnv_1", "after_sequence": 4},
        ),
        (
            "/work-items/itm_1/wrap-up",
            {"code": "solved"},
            "wrap-up-finished",
            {"work_item_id": "itm_1", "code": "solved"},
        ),
        ("/work-items/itm_1/wrap-up", None, "wrap-up-finished", {"work_item_id": "itm_1"}),
    ],
)
async def test_action_becomes_its_event(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    path: str,
    body: object,
    kind: str,
    data: dict[str, str],
) -> None:
    """The event says who did what on which desk; the agent is the token's subject."""
    await act(client, path, body)

    record = kafka.published[0]
    assert record.topic == "routing.events.v1"
    assert record.event["type"] == f"switchboard.event.{kind}.v1"
    assert record.event["data"] == {"agent_id": "anna", **data}
    assert (record.event["tenantid"], record.event["deskid"]) == ("acme", "support")
    assert record.headers["content-type"] == b"application/cloudevents+json"


async def test_answers_to_an_offer_are_idempotent_without_a_key(
    client: httpx.AsyncClient,
) -> None:
    """Accepting twice is one event; rejecting the same offer is another."""
    accepted = [await act(client, "/reservations/rsv_1/accept") for _ in range(2)]
    rejected = await act(client, "/reservations/rsv_1/reject")

    assert accepted[0].json() == accepted[1].json()
    assert accepted[0].json() != rejected.json()


async def test_another_agents_answer_is_another_event(client: httpx.AsyncClient) -> None:
    """An agent can't use up the acceptance that belongs to somebody else."""
    own = await act(client, "/reservations/rsv_1/accept")
    others = await client.post(
        f"{DESK}/reservations/rsv_1/accept",
        headers=bearer(token(Role.AGENT, subject="berta")),
    )

    assert own.json() != others.json()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/presence", {"presence": "asleep"}, "presence"),
        ("/presence", {}, "presence"),
        ("/presence", [], ""),
        ("/conversations/cnv_1/replies", {"text": ""}, "text"),
        ("/conversations/cnv_1/replies", {"text": "x" * 16_001}, "text"),
        ("/conversations/cnv_1/transfer", {"queue_id": "No Such"}, "queue_id"),
        ("/conversations/cnv_1/transfer", {"to_agent_id": "No Such"}, "to_agent_id"),
        ("/conversations/cnv_1/transfer", {"note": "to nobody"}, ""),
        ("/conversations/cnv_1/transfer", {"queue_id": "a", "to_agent_id": "b"}, ""),
        ("/conversations/cnv_1/close", {"after_sequence": -1}, "after_sequence"),
        ("/conversations/cnv_1/close", {"after_sequence": "4"}, "after_sequence"),
        ("/work-items/itm_1/wrap-up", {"code": 5}, "code"),
    ],
)
async def test_wrong_field_is_named(
    client: httpx.AsyncClient, kafka: FakeKafka, path: str, body: object, field: str
) -> None:
    """The answer names the field and never repeats what stood in it."""
    answer = await act(client, path, body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert kafka.published == []


async def test_reply_of_control_characters_is_empty(client: httpx.AsyncClient) -> None:
    """What no channel can carry is not taken."""
    answer = await act(client, "/conversations/cnv_1/replies", {"text": "\x00\x01 "})

    assert answer.status_code == 422


async def test_overlong_identifier_in_the_path_is_refused(client: httpx.AsyncClient) -> None:
    """An id that can't be one of ours never reaches the log."""
    answer = await act(client, f"/conversations/{'x' * 129}/park")

    assert answer.status_code == 422


async def test_subject_that_is_no_agent_is_refused(client: httpx.AsyncClient) -> None:
    """A token whose subject can't be an agent's id acts for nobody."""
    answer = await client.post(
        f"{DESK}/conversations/cnv_1/park",
        headers=bearer(token(Role.AGENT, subject="Anna@Example.ORG")),
    )

    assert answer.status_code == 403
