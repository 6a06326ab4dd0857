"""Bad records on every topic: put aside after a few tries, listed, replayed; nothing stops."""

import asyncio
import os
import subprocess
import sys
import unicodedata
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from deploy.local.simulated.provider_log import read_log
from deploy.local.simulated.webhook_requests import (
    WebhookRequest,
    customer_event,
    telegram_update,
)
from libs.common.contracts.decisions import EventRefused, LinkAdded, ReplyFiled
from libs.common.contracts.terms import AddressFamily, RefusalReason, Role, TenantId
from libs.common.contracts.topics import (
    CUSTOMER_EVENTS,
    ROUTING_DECISIONS,
    ROUTING_EVENTS,
    customer_key,
    routing_key,
)
from libs.common.identifiers import contact_point_id_of, customer_id_of
from tests.e2e.companies import COMPANIES
from tests.e2e.looking import (
    Decisions,
    bearer,
    letters_of,
    publishing,
    timeline_of,
    within,
)
from tests.e2e.running import Running

ACME, GLOBEX = COMPANIES
TRIES_MAX = 3
ANNEX = "annex"
UNCONFIGURED = RefusalReason.DESK_NOT_CONFIGURED
# Arabic and Hebrew, marks of direction, three people joined into one emoji, a combining accent.
MIRRORED = (
    "\u0633\u0644\u0627\u0645 \u202b\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd\u202c"
    " \U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301"
)
# Texts are kept in composed form; nothing else of them changes.
COMPOSED = unicodedata.normalize("NFC", MIRRORED)
UNKNOWN_TYPE = {
    "specversion": "1.0",
    "id": "from-the-future",
    "source": "test",
    "type": "switchboard.event.not-yet-invented.v9",
    "time": "2026-01-01T00:00:00Z",
    "data": {},
}
POISON = {
    "bytes": b"\xff\xfe\x00",
    "null": b"",
    "deep": b"[" * 100_000,
    "nested": orjson.dumps(UNKNOWN_TYPE)[:-3] + b'{"a":' * 900 + b"1" + b"}" * 901,
    "unknown type": orjson.dumps(UNKNOWN_TYPE),
}


@pytest.fixture
def kafka(running: Running) -> str:
    """The broker's address."""
    return running.stack.servers.bootstrap_servers


@pytest.fixture
async def decisions(running: Running, kafka: str) -> Decisions:
    """What is decided from the test's beginning on."""
    return await Decisions.from_now(kafka, partitions=running.stack.configuration.partitions)


@pytest.fixture
async def history(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """The memory, as acme's supervisor reads it."""
    headers = bearer(running, ACME.tenant_id, role=Role.SUPERVISOR, desk_id="*")
    async with httpx.AsyncClient(
        base_url=running.stack.url("history"), headers=headers, trust_env=False
    ) as client:
        yield client


async def link(running: Running, desk_id: str, name: str) -> str:
    """Acme links two of a customer's addresses on a desk; returns the event's id."""
    answer = await running.http.post(
        f"/v1/desks/{desk_id}/links",
        json={
            "a": {"family": "web", "address": f"{name}-a"},
            "b": {"family": "web", "address": f"{name}-b"},
        },
        headers=bearer(running, ACME.tenant_id, role=Role.ADMINISTRATOR, desk_id=desk_id),
    )
    assert answer.status_code == httpx.codes.ACCEPTED
    return str(answer.json()["event_id"])


async def test_poison_events_are_put_aside_and_routing_goes_on(
    running: Running, kafka: str, decisions: Decisions
) -> None:
    """Each poison is refused, put aside after at most 3 tries, and the desk goes on at once."""
    key = routing_key(ACME.tenant_id, ACME.desk_id)
    async with publishing(kafka) as publisher:
        places = [
            await publisher.publish(ROUTING_EVENTS, key=key, value=value)
            for value in POISON.values()
        ]
    following = await decisions.about(await link(running, ACME.desk_id, "behind-poison"))

    async def put_aside() -> dict[str, int] | None:
        letters = await letters_of(kafka, ROUTING_EVENTS)
        origins = [f"{ROUTING_EVENTS}/{place.partition}/{place.offset}" for place in places]
        found = {origin: letters[origin].attempts for origin in origins if origin in letters}
        return found if len(found) == len(places) else None

    attempts = await within(put_aside)

    assert [type(decision) for decision in following.decisions] == [LinkAdded]
    assert max(attempts.values()) <= TRIES_MAX


async def test_foreign_records_in_the_decision_log_are_void_to_all(
    running: Running, kafka: str, decisions: Decisions, history: httpx.AsyncClient
) -> None:
    """Who writes into the decision log without being its owner is heard by nobody."""
    key = routing_key(ACME.tenant_id, ACME.desk_id)
    async with publishing(kafka) as publisher:
        for value in POISON.values():
            await publisher.publish(ROUTING_DECISIONS, key=key, value=value)
        for headers in ([("kind", b"decisions")], [("kind", b"\xff")], [("epoch", b"1")]):
            await publisher.publish(ROUTING_DECISIONS, key=key, value=b"{}", headers=headers)
    assert await running.customers.send(_question(7_001, "Behind foreign records"))

    async def answered() -> list[str] | None:
        entries = await timeline_of(history, family="telegram", address="7001") or []
        kinds = [entry["kind"] for entry in entries]
        return kinds if "message" in kinds else None

    assert "conversation_opened" in await within(answered)
    following = await decisions.about(await link(running, ACME.desk_id, "behind-foreign"))
    assert following.decisions
    assert await letters_of(kafka, ROUTING_DECISIONS) == {}


async def test_poison_customer_events_are_put_aside_and_history_goes_on(
    running: Running, kafka: str, history: httpx.AsyncClient
) -> None:
    """An order right behind the poison, in its partition, stands in the timeline within 5 s."""
    address = "orders-behind-poison"
    point = contact_point_id_of(TenantId(ACME.tenant_id), AddressFamily.WEB, address)
    key = customer_key(ACME.tenant_id, customer_id_of(point))
    async with publishing(kafka) as publisher:
        places = [
            await publisher.publish(CUSTOMER_EVENTS, key=key, value=value)
            for value in POISON.values()
        ]
    order = customer_event(
        source="/acme/shop",
        event_id="order-behind-poison",
        kind="order_placed",
        family="web",
        address=address,
        summary="An order behind poison",
        api_key=ACME.api_key,
    )
    assert await running.customers.send(order)

    entries = await within(lambda: timeline_of(history, family="web", address=address))

    assert [entry["kind"] for entry in entries] == ["order_placed"]
    letters = await letters_of(kafka, CUSTOMER_EVENTS)
    for place in places:
        letter = letters[f"{CUSTOMER_EVENTS}/{place.partition}/{place.offset}"]
        assert 1 <= letter.attempts <= TRIES_MAX


async def test_what_was_put_aside_is_listed_and_replayed_once(
    running: Running, kafka: str, decisions: Decisions
) -> None:
    """An event for a desk that nobody had configured takes effect once, after its replay."""
    refused = await decisions.about(await link(running, ANNEX, "annex"))

    async def put_aside() -> str | None:
        letters = await letters_of(kafka, ROUTING_EVENTS)
        return next(
            (o for o, letter in letters.items() if letter.event_id == refused.event_id), None
        )

    origin = await within(put_aside)
    listed = await asyncio.to_thread(_letter_box, kafka, "list")
    configured = await running.http.put(
        f"/v1/desks/{ANNEX}/configuration",
        json=ACME.desk_configuration(),
        headers=bearer(running, ACME.tenant_id, role=Role.ADMINISTRATOR, desk_id=ANNEX),
    )
    await decisions.about(configured.json()["event_id"])
    replayed = await asyncio.to_thread(_letter_box, kafka, "replay", "--origin", origin)
    again = await asyncio.to_thread(_letter_box, kafka, "replay", "--origin", origin)

    assert [_reason(decision) for decision in refused.decisions] == [UNCONFIGURED]
    assert [origin, UNCONFIGURED] in [line.split()[:2] for line in listed.splitlines()]
    assert replayed.startswith(f"{origin} -> {ROUTING_EVENTS}/")
    assert again == ""
    # The desk's own answer to the same wish says whether the replay's was heard.
    second = await decisions.about(await link(running, ANNEX, "annex"))
    assert second.decisions == ()
    assert origin not in await letters_of(kafka, ROUTING_EVENTS)


async def test_any_script_and_emoji_reach_timeline_and_provider_unharmed(
    running: Running, history: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right-to-left text, marks of direction, joined emoji: in by Telegram, and back out."""
    for agent in running.agents:
        monkeypatch.setattr(agent, "_write", lambda *_: f"back {MIRRORED}")
    assert await running.customers.send(_question(7_002, f"to {MIRRORED}"))

    async def texts() -> set[str] | None:
        entries = await timeline_of(history, family="telegram", address="7002") or []
        found = {entry["content"]["text"] for entry in entries if entry["content"]}
        return found if len(found) > 1 else None

    async def reached() -> str | None:
        lines = [line for line in read_log(running.log.path) if line["kind"] == "reached"]
        return next((line["text"] for line in lines if line["address"] == "7002"), None)

    assert await within(texts, timeout_s=20) == {f"to {COMPOSED}", f"back {COMPOSED}"}
    assert await within(reached, timeout_s=20) == f"back {COMPOSED}"


async def test_an_agent_cannot_reply_in_another_tenants_conversation(
    running: Running, decisions: Decisions, history: httpx.AsyncClient
) -> None:
    """The right desk under the wrong tenant is another desk: the conversation is unknown there."""
    assert await running.customers.send(_question(7_003, "Whose am I?"))
    entries = await within(lambda: timeline_of(history, family="telegram", address="7003"))
    conversation_id = next(filter(None, (entry["conversation_id"] for entry in entries)))
    path = f"/conversations/{conversation_id}/replies"
    own = await history.get(f"/v1/conversations/{conversation_id}/transcript")
    foreign = await history.get(
        f"/v1/conversations/{conversation_id}/transcript",
        headers=bearer(running, GLOBEX.tenant_id, role=Role.SUPERVISOR, desk_id="*"),
    )
    assert (own.status_code, foreign.status_code) == (httpx.codes.OK, httpx.codes.NOT_FOUND)
    for company, desk_id, subject in (
        (GLOBEX, GLOBEX.desk_id, GLOBEX.agent_ids[0]),
        (GLOBEX, ACME.desk_id, ACME.agent_ids[0]),
        (ACME, ANNEX, ACME.agent_ids[0]),
    ):
        headers = bearer(
            running, company.tenant_id, role=Role.AGENT, desk_id=desk_id, subject=subject
        )

        answer = await running.http.post(
            f"/v1/desks/{desk_id}{path}", json={"text": "stolen"}, headers=headers
        )

        record = await decisions.about(answer.json()["event_id"])
        assert not [found for found in record.decisions if isinstance(found, ReplyFiled)]
        assert all(isinstance(decision, EventRefused) for decision in record.decisions)


def _question(chat_id: int, text: str) -> WebhookRequest:
    return telegram_update(
        endpoint_id=ACME.endpoint_id("telegram"),
        secret=ACME.secret,
        chat_id=chat_id,
        number=1,
        text=text,
    )


def _reason(decision: object) -> RefusalReason | None:
    return decision.reason if isinstance(decision, EventRefused) else None


def _letter_box(kafka: str, *arguments: str) -> str:
    """What the operator's program says; it must succeed."""
    ran = subprocess.run(
        [sys.executable, "-m", "libs.common.dead_letters", *arguments],
        env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
