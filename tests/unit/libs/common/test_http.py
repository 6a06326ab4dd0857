"""The recipe for an API: probes, problems, headers, measures."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Query
from prometheus_client import REGISTRY
from pydantic import BaseModel
from starlette.websockets import WebSocket

from libs.common.errors import (
    IllegalTransitionError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from libs.common.health import Health
from libs.common.http import build_api
from libs.common.problems import SECURITY_HEADERS


class Body(BaseModel):
    """What the test's route reads."""

    text: str
    count: int


@pytest.fixture
def health() -> Health:
    """The health behind the probes."""
    return Health()


@pytest.fixture
def app(health: Health) -> FastAPI:
    """An API with a route per mistake."""
    api = build_api("test", health)
    errors = {
        "missing": NotFoundError("no such conversation"),
        "away": UnavailableError("MongoDB does not answer"),
        "stranger": UnauthenticatedError("credential missing or not valid"),
        "bug": IllegalTransitionError("CANARY"),
        "surprise": KeyError("CANARY"),
    }

    @api.get("/fail/{kind}")
    async def fail(kind: str) -> None:
        raise errors[kind]

    @api.post("/things")
    async def things(body: Body, limit: Annotated[int, Query(le=10)] = 1) -> int:
        return body.count + limit

    return api


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that API."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("kind", "status", "title", "detail"),
    [
        ("missing", 404, "Not found", "no such conversation"),
        ("away", 503, "Unavailable", "MongoDB does not answer"),
        ("stranger", 401, "Unauthenticated", "credential missing or not valid"),
        ("bug", 500, "Illegal transition", None),
        ("surprise", 500, "Internal error", None),
    ],
)
async def test_error_is_a_problem_document(
    client: httpx.AsyncClient, kind: str, status: int, title: str, detail: str | None
) -> None:
    """The sender's mistakes are explained, ours are not."""
    answer = await client.get(f"/fail/{kind}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == title
    assert answer.json().get("detail") == detail
    assert "CANARY" not in answer.text


async def test_error_tells_what_to_do_next(client: httpx.AsyncClient) -> None:
    """When to come again, and how to say who one is."""
    assert (await client.get("/fail/away")).headers["retry-after"] == "5"
    assert (await client.get("/fail/stranger")).headers["www-authenticate"] == "Bearer"


async def test_wrong_fields_are_named_and_values_are_not(client: httpx.AsyncClient) -> None:
    """A customer's words must not come back in an error that is logged elsewhere."""
    answer = await client.post("/things?limit=11", json={"text": "CANARY", "count": "CANARY"})

    assert answer.status_code == 422
    assert {"location": "body.count", "problem": "int_parsing"} in answer.json()["errors"]
    assert {"location": "query.limit", "problem": "less_than_equal"} in answer.json()["errors"]
    assert "CANARY" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/things", 405), ("GET", "/docs", 404)],
)
async def test_unknown_routes_and_methods_are_problems_too(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    """No answer of this API has another form."""
    answer = await client.request(method, path)

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_broken_json_is_malformed(client: httpx.AsyncClient) -> None:
    """It is not the fields that are wrong."""
    headers = {"content-type": "application/json"}
    answer = await client.post("/things", content=b'{"text": CANARY', headers=headers)

    assert (answer.status_code, answer.json()["title"]) == (400, "Malformed body")
    assert "CANARY" not in answer.text


@pytest.mark.parametrize("path", ["/livez", "/fail/surprise", "/nowhere"])
async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    """Good answers, mistakes and surprises alike."""
    answer = await client.get(path)

    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value


async def test_probes_follow_the_health(client: httpx.AsyncClient, health: Health) -> None:
    """Ready while it works; not ready, with the reason, when it leaves; alive all the time."""
    assert (await client.get("/readyz")).status_code == 200

    health.draining()
    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["reasons"]) == (503, {"process": "leaving"})
    assert (await client.get("/livez")).status_code == 200


async def test_before_the_start_only_probes_are_answered(
    client: httpx.AsyncClient, health: Health
) -> None:
    """Nothing is accepted that nobody could keep."""
    health.starting()

    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503
    refused = await client.post("/things", json={"text": "x", "count": 1})
    assert (refused.status_code, refused.json()["detail"]) == (503, "the service is starting")

    health.started()
    accepted = await client.post("/things", json={"text": "x", "count": 1})
    assert (accepted.status_code, accepted.json()) == (200, 2)


async def test_before_the_start_no_socket_is_opened(app: FastAPI, health: Health) -> None:
    """A WebSocket is refused without reaching the service."""
    sent: list[dict[str, object]] = []

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    health.starting()
    scope = {"type": "websocket", "path": "/stream", "headers": [], "query_string": b""}
    await app(scope, receive, send)  # type: ignore[arg-type]

    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_requests_are_measured_by_route_and_not_by_path(client: httpx.AsyncClient) -> None:
    """A label must not be what a stranger invents."""

    def count() -> float:
        labels = {"method": "GET", "route": "/fail/{kind}", "status": "404"}
        return REGISTRY.get_sample_value("switchboard_request_seconds_count", labels) or 0

    before = count()

    await client.get("/fail/missing")
    await client.request("INVENTED", "/invented")
    text = (await client.get("/metrics")).text

    assert count() == before + 1
    assert "invented" not in text.lower()
    assert 'method="other",route="none",status="404"' in text
