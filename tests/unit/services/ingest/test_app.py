"""The whole application around a fake Kafka."""

from pathlib import Path

import httpx

from libs.common.errors import UnavailableError
from services.ingest.app import create_app
from tests.unit.services.ingest.front_door import (
    TELEGRAM_SECRET,
    FakeKafka,
    FakeProgress,
    authenticator,
    client_of,
    settings,
)


async def test_ready_only_while_kafka_answers(tmp_path: Path) -> None:
    """No traffic comes to a replica that can't keep what it takes."""
    answers = []
    for failure in (None, UnavailableError("no Kafka broker answers")):
        kafka = FakeKafka(failure=failure)
        app = create_app(
            settings(tmp_path),
            publisher=kafka,
            progress=FakeProgress(),
            endpoints={},
            authenticator=authenticator(),
        )
        async with client_of(app) as client:
            answers.append(await client.get("/readyz"))

    assert [answer.status_code for answer in answers] == [200, 503]
    assert answers[1].json()["reasons"] == {"kafka": "no Kafka broker answers"}


async def test_refusal_does_not_depend_on_other_endpoints(tmp_path: Path) -> None:
    """A channel without any endpoint refuses like one that has some."""
    app = create_app(
        settings(tmp_path),
        publisher=FakeKafka(),
        progress=FakeProgress(),
        endpoints={},
        authenticator=authenticator(),
    )

    async with client_of(app) as client:
        answer = await client.post(
            "/v1/channels/telegram/acme-bot",
            content=b"{}",
            headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET},
        )

    assert answer.status_code == 401


async def test_metrics_are_served(client: httpx.AsyncClient) -> None:
    """Ingest's own are among them."""
    answer = await client.get("/metrics")

    assert "switchboard_ingest_accepted_events_total" in answer.text
