"""A desk's configuration is taken whole or refused with every mistake."""

import httpx
import pytest

from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import FakeKafka, bearer, token

URL = "/v1/desks/support/configuration"
ADMINISTRATOR = bearer(token(Role.ADMINISTRATOR, subject="root"))
YAML = "queues:\n- queue_id: a\n  name: Поддержка 🛟\ndefault: {queue: a}\n"


@pytest.mark.parametrize("media_type", ["application/yaml", "text/yaml; charset=utf-8"])
async def test_yaml_document_becomes_one_event(
    client: httpx.AsyncClient, kafka: FakeKafka, media_type: str
) -> None:
    """The event carries the whole configuration, its defaults included."""
    answer = await client.put(
        URL, content=YAML.encode(), headers=ADMINISTRATOR | {"content-type": media_type}
    )

    event = kafka.published[0].event
    assert answer.json() == {"event_id": event["id"]}
    assert event["type"] == "switchboard.event.desk-configured.v1"
    assert event["data"]["configuration"]["queues"][0]["name"] == "Поддержка 🛟"


async def test_mistakes_are_told_by_line_and_field(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """The author sees where to look; nothing is published."""
    answer = await client.put(
        URL,
        content=YAML.replace("queue: a}", "queue: b}").encode(),
        headers=ADMINISTRATOR | {"content-type": "application/yaml"},
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {"line": 4, "field": "default.queue", "problem": "not configured: b"}
    ]
    assert kafka.published == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"a: &x [1]\nb: [*x, *x]", 422),
        (b"[" * 5_000, 422),
        (b"queues: [", 422),
        (b"\xff\xfe", 400),
        (b"", 422),
        (b"#" * 1_100_000, 413),
    ],
)
async def test_dangerous_documents_are_refused(
    client: httpx.AsyncClient, kafka: FakeKafka, content: bytes, status: int
) -> None:
    """Bombs of aliases, depth and size, broken text and nothing at all."""
    answer = await client.put(
        URL, content=content, headers=ADMINISTRATOR | {"content-type": "application/yaml"}
    )

    assert answer.status_code == status
    assert kafka.published == []
