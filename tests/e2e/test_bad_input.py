"""Bad requests at every door of every service: refused with a problem that repeats nothing."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from deploy.local.simulated.webhook_requests import (
    WebhookRequest,
    telegram_update,
    web_chat_message,
)
from deploy.local.stack import SERVICES
from deploy.local.tokens import LocalIssuer
from libs.common.contracts.terms import AddressFamily, Role, TenantId
from libs.common.identifiers import contact_point_id_of, customer_id_of
from tests.e2e.companies import COMPANIES
from tests.e2e.crowd import chat_token
from tests.e2e.looking import bearer, timeline_of, within
from tests.e2e.running import Running

ACME, GLOBEX = COMPANIES
PROBLEM = "application/problem+json"
LARGE = 10 * 1024 * 1024
PART = 64 * 1024
CANARY = "kanarienvogel"
CUSTOMER = "visitor-of-acme"
CUSTOMER_ID = customer_id_of(
    contact_point_id_of(TenantId(ACME.tenant_id), AddressFamily.WEB, CUSTOMER)
)
WEBSOCKET = f"/v1/desks/{ACME.desk_id}/stream"
DOORS = {
    "agents": ("ingest", "POST", f"/v1/desks/{ACME.desk_id}/presence"),
    "links": ("ingest", "POST", f"/v1/desks/{ACME.desk_id}/links"),
    "configuration": ("ingest", "PUT", f"/v1/desks/{ACME.desk_id}/configuration"),
    "integrators": ("ingest", "POST", "/v1/events"),
    "web chat": ("ingest", "POST", f"/v1/channels/web_chat/{ACME.endpoint_id('web_chat')}"),
    "customer's stream": ("notifier", "GET", "/v1/customer-stream"),
    "desk's stream": ("notifier", "WS", WEBSOCKET),
    "timeline": ("history", "GET", f"/v1/customers/{CUSTOMER_ID}/timeline"),
    "customers": ("history", "GET", f"/v1/customers?family=web&address={CUSTOMER}"),
    "transcript": ("history", "GET", "/v1/conversations/cnv_1/transcript"),
}


@dataclass(frozen=True, slots=True)
class Clients:
    """Strangers at the services' doors."""

    running: Running
    http: httpx.AsyncClient

    async def ask(self, door: tuple[str, str, str], headers: Mapping[str, str]) -> int:
        """The status that a request without a body gets; what is no success is a problem."""
        service, method, path = door
        if method == "WS":
            return await self._open(path, headers)
        answer = await self.http.request(
            method, f"{self.running.stack.url(service)}{path}", headers=headers
        )
        assert answer.is_success or answer.headers["content-type"] == PROBLEM
        return answer.status_code

    async def _open(self, path: str, headers: Mapping[str, str]) -> int:
        try:
            async with connect(
                f"{self.running.stack.websocket_url('notifier')}{path}",
                additional_headers=headers,
                proxy=None,
            ):
                return httpx.codes.SWITCHING_PROTOCOLS
        except InvalidStatus as error:
            refused = error.response
        assert refused.headers["content-type"] == PROBLEM
        return refused.status_code


@pytest.fixture
async def clients(running: Running) -> AsyncIterator[Clients]:
    """Ready to ask."""
    async with httpx.AsyncClient(trust_env=False, timeout=15.0) as http:
        yield Clients(running, http)


def credentials(running: Running, directory: Path) -> dict[str, dict[str, str]]:
    """Headers that must open nothing: none, and tokens with everything right but one thing."""
    directory.mkdir(exist_ok=True)
    claims: dict[str, Any] = {
        "tenant_id": ACME.tenant_id,
        "subject": "tester",
        "roles": list(Role),
        "desks": ["*"],
        "endpoint_id": ACME.endpoint_id("web_chat"),
    }
    stranger = LocalIssuer(directory)
    tokens = {
        "expired": running.stack.issuer.mint(**claims, lifetime_s=-60),
        "foreign": stranger.mint(**claims),
        "cut": running.stack.issuer.mint(**claims)[:-4],
        "no token": CANARY,
        "unknown key": f"sk_{CANARY}",
    }
    headers = {name: {"authorization": f"Bearer {token}"} for name, token in tokens.items()}
    basic = {"authorization": f"Basic {tokens['foreign']}"}
    return {"missing": {}, "empty": {"authorization": "Bearer"}, "basic": basic, **headers}


@pytest.mark.parametrize("door", DOORS)
async def test_missing_expired_and_foreign_tokens_open_no_door(
    running: Running, clients: Clients, door: str, tmp_path: Path
) -> None:
    """401 for each, on every route, the event stream and the WebSocket alike."""
    refused = {
        name: await clients.ask(DOORS[door], headers)
        for name, headers in credentials(running, tmp_path / "stranger").items()
    }

    assert set(refused.values()) == {httpx.codes.UNAUTHORIZED}, refused


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door not in {"integrators", "web chat"}]
)
async def test_what_is_another_tenants_does_not_exist(
    running: Running, clients: Clients, door: str
) -> None:
    """404 for a good token of another tenant, whatever its roles; also with the desk's name."""
    assert await running.customers.send(_chat(running))
    async with httpx.AsyncClient(
        base_url=running.stack.url("history"),
        headers=bearer(running, ACME.tenant_id, role=Role.SUPERVISOR, desk_id="*"),
        trust_env=False,
    ) as history:
        await within(lambda: timeline_of(history, family="web", address=CUSTOMER), timeout_s=15)

    asked = await clients.ask(
        DOORS[door],
        {
            "authorization": "Bearer "
            + running.stack.issuer.mint(
                tenant_id=GLOBEX.tenant_id,
                subject="tester",
                roles=list(Role),
                desks=[GLOBEX.desk_id],
                endpoint_id=ACME.endpoint_id("web_chat"),
            )
        },
    )

    assert asked == httpx.codes.NOT_FOUND


async def test_another_tenants_endpoints_can_not_be_written_through(running: Running) -> None:
    """A good secret or token of one tenant is none at the other's endpoints."""
    token = chat_token(running.stack.issuer, ACME, CUSTOMER)
    endpoint = GLOBEX.endpoint_id("web_chat")
    chat = web_chat_message(
        endpoint_id=endpoint, token=token, address=CUSTOMER, message_id="1", text=CANARY
    )
    update = telegram_update(
        endpoint_id=GLOBEX.endpoint_id("telegram"),
        secret=ACME.secret,
        chat_id=7_100,
        number=1,
        text=CANARY,
    )
    message = _integrator_event("message-received", endpoint_id=endpoint, text="x")

    statuses = [await running.customers.send_once(request) for request in (chat, update)]
    found = await _send_event(running, message)
    claimed = await _send_event(running, {**message, "tenantid": GLOBEX.tenant_id})

    assert statuses == [httpx.codes.UNAUTHORIZED] * 2
    assert found.status_code == httpx.codes.NOT_FOUND
    assert claimed.status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("service", SERVICES)
async def test_unknown_paths_and_methods_are_problems(
    running: Running, clients: Clients, service: str
) -> None:
    """404 and 405, as problem documents with the security headers."""
    url = running.stack.url(service)

    unknown = await clients.http.get(f"{url}/v1/{CANARY}")
    other_method = await clients.http.delete(f"{url}/livez")

    assert unknown.status_code == httpx.codes.NOT_FOUND
    assert other_method.status_code == httpx.codes.METHOD_NOT_ALLOWED
    for answer in (unknown, other_method):
        assert answer.headers["content-type"] == PROBLEM
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("sent", "media_type", "status"),
    [
        (b'{"text": "' + CANARY.encode(), "application/json", 400),
        (b"\xff\xfe\x00", "application/json", 400),
        (b'{"text": NaN}', "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b'{"text": ' + b"[" * 100_000, "application/json", 400),
        (b'{"text": ' + b"[" * 40 + b"]" * 40 + b"}", "application/json", 422),
        (b'{"text": 9223372036854775808}', "application/json", 422),
        (b'{"text": "", "agent_id": "' + CANARY.encode() + b'"}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"text=" + CANARY.encode(), "application/x-www-form-urlencoded", 415),
        (b'{"text": "x"}', "text/plain", 415),
    ],
)
async def test_broken_bodies_are_refused_without_being_repeated(
    running: Running, sent: bytes, media_type: str, status: int
) -> None:
    """The status says whose mistake it is; the problem names fields and never values."""
    answer = await running.http.post(
        f"/v1/desks/{ACME.desk_id}/conversations/cnv_1/replies",
        content=sent,
        headers={
            "content-type": media_type,
            **bearer(
                running,
                ACME.tenant_id,
                role=Role.AGENT,
                desk_id=ACME.desk_id,
                subject=ACME.agent_ids[0],
            ),
        },
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    assert CANARY not in answer.text


@pytest.mark.parametrize("length", ["announced", "chunked"])
@pytest.mark.parametrize("door", ["integrators", "configuration", "web chat"])
async def test_ten_megabytes_are_not_read(running: Running, door: str, length: str) -> None:
    """413 for a body over the limit, with and without a Content-Length."""
    _, method, path = DOORS[door]
    chat = chat_token(running.stack.issuer, ACME, CUSTOMER)
    authorization = {
        "integrators": {"authorization": f"Bearer {ACME.api_key}"},
        "configuration": bearer(
            running, ACME.tenant_id, role=Role.ADMINISTRATOR, desk_id=ACME.desk_id
        ),
        "web chat": {"authorization": f"Bearer {chat}"},
    }[door]
    kind = "application/cloudevents+json" if door == "integrators" else "application/json"

    answer = await running.http.request(
        method,
        path,
        content=b"x" * LARGE if length == "announced" else _parts(),
        headers={"content-type": kind, **authorization},
    )

    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


async def _parts() -> AsyncIterator[bytes]:
    for _ in range(LARGE // PART):
        yield b"x" * PART


def _chat(running: Running) -> WebhookRequest:
    return web_chat_message(
        endpoint_id=ACME.endpoint_id("web_chat"),
        token=chat_token(running.stack.issuer, ACME, CUSTOMER),
        address=CUSTOMER,
        message_id="known",
        text="Is anybody there?",
    )


def _integrator_event(name: str, *, endpoint_id: str, text: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "1",
        "source": "/acme/shop",
        "type": f"switchboard.event.{name}.v1",
        "data": {
            "endpoint_id": endpoint_id,
            "customer": {"family": "web", "address": CUSTOMER},
            "text": text,
        },
    }


async def _send_event(running: Running, event: dict[str, Any]) -> httpx.Response:
    headers = {
        "content-type": "application/cloudevents+json",
        "authorization": f"Bearer {ACME.api_key}",
    }
    return await running.http.post("/v1/events", json=event, headers=headers)
