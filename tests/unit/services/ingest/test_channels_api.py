"""Customers' messages come in as their provider sends them, proved, once, and safe."""

import httpx
import pytest

from libs.common.contracts.terms import Role
from libs.common.errors import UnavailableError
from tests.unit.services.ingest.front_door import (
    TELEGRAM_SECRET,
    FakeKafka,
    bearer,
    customer_token,
    token,
)

CHAT = "/v1/channels/web_chat/acme-chat"
BOT = "/v1/channels/telegram/acme-bot"
PROOF = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
UPDATE = {
    "update_id": 10_000,
    "message": {
        "message_id": 1365,
        "date": 1_700_000_000,
        "from": {"id": 1111, "is_bot": False, "first_name": "Анна", "language_code": "ru"},
        "chat": {"id": 1111, "type": "private", "first_name": "Анна"},
        "text": "Где мой заказ? 📦",
    },
}


async def test_web_chat_message_is_published_under_its_desk(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """The message lands on its endpoint's desk with every letter, and the client hears its id."""
    body = {"message_id": "m1", "text": "مرحبا 👩‍👩‍👧 hello"}

    answer = await client.post(CHAT, json=body, headers=bearer(customer_token()))

    record = kafka.published[0]
    assert answer.status_code == 202
    assert answer.json() == {"event_id": record.event["id"]}
    assert (record.topic, record.key) == ("routing.events.v1", b"acme/support")
    assert record.event["data"]["content"]["text"] == "مرحبا 👩‍👩‍👧 hello"
    assert record.event["data"]["reply_to"]["address"] == "visitor-1"


async def test_customer_who_leaves_the_chat_ends_the_contact(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """It is published under the desk, about the contact point, and the client hears its id."""
    body = {"message_id": "m1", "leaves": True}

    answer = await client.post(CHAT, json=body, headers=bearer(customer_token()))

    event = kafka.published[0].event
    assert answer.json() == {"event_id": event["id"]}
    assert event["type"] == "switchboard.event.contact-ended.v1"
    assert event["subject"] == event["data"]["contact_point_id"]
    assert event["data"]["cause"] == "left"


async def test_telegram_update_is_published_and_answered_as_telegram_expects(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """The secret token proves the sender; the event tells when the customer wrote."""
    answer = await client.post(BOT, json=UPDATE, headers=PROOF)

    event = kafka.published[0].event
    assert answer.status_code == 200
    assert event["source"] == "switchboard/ingest/telegram/acme-bot"
    assert event["time"] == "2023-11-14T22:13:20Z"
    assert event["subject"] == event["data"]["reply_to"]["contact_point_id"]


async def test_repeat_is_the_same_event(client: httpx.AsyncClient, kafka: FakeKafka) -> None:
    """A provider that did not hear us sends again: the id is the same."""
    for _ in range(2):
        await client.post(BOT, json=UPDATE, headers=PROOF)

    assert len({record.event["id"] for record in kafka.published}) == 1


async def test_request_without_messages_is_answered_and_publishes_nothing(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """What holds nothing to route is fine, and leaves no event."""
    answer = await client.post(BOT, json={"update_id": 1, "poll": {}}, headers=PROOF)

    assert answer.status_code == 200
    assert kafka.published == []


async def test_unproved_requests_all_answer_alike(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """Nobody learns from the answer which channels, endpoints or customers there are."""
    chat = {"message_id": "m1", "text": "hi"}
    answers = [
        await client.post(BOT, json=UPDATE),
        await client.post(BOT, json=UPDATE, headers=PROOF | {next(iter(PROOF)): "wrong"}),
        await client.post("/v1/channels/telegram/nowhere", json=UPDATE, headers=PROOF),
        await client.post("/v1/channels/telegram/acme-chat", json=UPDATE, headers=PROOF),
        await client.post("/v1/channels/pigeon/acme-bot", json=UPDATE, headers=PROOF),
        await client.post(CHAT, json=chat),
        await client.post(CHAT, json=chat, headers=bearer("rubbish")),
        await client.post(CHAT, json=chat, headers=bearer(customer_token(expires_in_s=-60))),
        await client.post(CHAT, json=chat, headers=bearer(customer_token(tenant="globex"))),
        await client.post(CHAT, json=chat, headers=bearer(token(Role.AGENT, endpoint="acme-chat"))),
        await client.post(
            CHAT, json=chat, headers=bearer(customer_token(endpoint="acme-other-chat"))
        ),
        await client.post(
            "/v1/channels/web_chat/nowhere",
            json=chat,
            headers=bearer(customer_token(endpoint="nowhere")),
        ),
        await client.post(
            "/v1/channels/web_chat/acme-bot",
            json=chat,
            headers=bearer(customer_token(endpoint="acme-bot")),
        ),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert kafka.published == []


@pytest.mark.parametrize(
    ("content", "status"),
    [(b'{"update_id": ', 400), (b"[]", 422), (b"", 400), (b"x" * 300_000, 413)],
)
async def test_unreadable_bodies_are_refused(
    client: httpx.AsyncClient, kafka: FakeKafka, content: bytes, status: int
) -> None:
    """A proved sender hears that we can't read it; a large body is refused whoever sends it."""
    answer = await client.post(BOT, content=content, headers=PROOF)

    assert answer.status_code == status
    assert kafka.published == []


async def test_body_is_limited_while_it_streams(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """A body without an announced length is cut off at the limit as well."""

    async def endless() -> object:
        for _ in range(1_000):
            yield b"x" * 10_000

    answer = await client.post(BOT, content=endless(), headers=PROOF)  # type: ignore[arg-type]

    assert answer.status_code == 413
    assert kafka.published == []


async def test_unacknowledged_message_is_never_answered_with_2xx(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """Without Kafka's acknowledgement the provider hears 503 and when to come back."""
    kafka.failure = UnavailableError("no acknowledgement in time")

    answers = [
        await client.post(BOT, json=UPDATE, headers=PROOF),
        await client.post(
            CHAT, json={"message_id": "m1", "text": "hi"}, headers=bearer(customer_token())
        ),
    ]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
