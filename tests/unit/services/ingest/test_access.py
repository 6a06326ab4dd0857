"""Every API door lets in who may come in, and nobody else."""

from typing import Any

import httpx
import pytest

from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import FakeKafka, bearer, token

ADDRESSES = {
    "a": {"family": "email", "address": "anna@example.org"},
    "b": {"family": "phone", "address": "+49 170 1234567"},
}
CONFIGURATION = {"queues": [{"queue_id": "a"}], "default": {"queue": "a"}}
EVERYONE_BUT_CUSTOMERS = {Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.INTEGRATOR}
# Method, path below the desk, body, and the roles that may.
DESK_ROUTES: list[tuple[str, str, dict[str, Any] | None, set[Role]]] = [
    ("POST", "/presence", {"presence": "away"}, {Role.AGENT}),
    ("POST", "/reservations/rsv_1/accept", None, {Role.AGENT}),
    ("POST", "/reservations/rsv_1/reject", None, {Role.AGENT}),
    ("POST", "/conversations/cnv_1/replies", {"text": "Hello"}, {Role.AGENT}),
    ("POST", "/conversations/cnv_1/transfer", {"queue_id": "money"}, {Role.AGENT}),
    ("POST", "/conversations/cnv_1/park", None, {Role.AGENT}),
    ("POST", "/conversations/cnv_1/close", None, {Role.AGENT}),
    ("POST", "/conversations/cnv_1/merge", {"with_conversation_id": "cnv_2"}, {Role.AGENT}),
    ("POST", "/conversations/cnv_1/split", None, {Role.AGENT}),
    ("POST", "/conversations/cnv_1/spam", None, {Role.AGENT}),
    ("POST", "/unblock", {"contact_point_id": f"ctp_{1:020}"}, {Role.SUPERVISOR}),
    ("POST", "/work-items/itm_1/wrap-up", {"code": "solved"}, {Role.AGENT}),
    ("POST", "/links", ADDRESSES, EVERYONE_BUT_CUSTOMERS),
    ("POST", "/unlinks", ADDRESSES, EVERYONE_BUT_CUSTOMERS),
    ("PUT", "/configuration", CONFIGURATION, {Role.ADMINISTRATOR}),
]
EACH_ROUTE = pytest.mark.parametrize(
    ("method", "path", "body", "roles"), DESK_ROUTES, ids=[route[1] for route in DESK_ROUTES]
)


async def call(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    credential: str | None,
    desk: str = "support",
) -> httpx.Response:
    """One request at a desk's door."""
    headers = bearer(credential) if credential is not None else {}
    return await client.request(method, f"/v1/desks/{desk}{path}", json=body, headers=headers)


@EACH_ROUTE
async def test_right_role_on_own_desk_is_let_in(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    roles: set[Role],
) -> None:
    """The event lands on the caller's own desk, and its id is what the caller hears."""
    for role in roles:
        answer = await call(client, method, path, body, token(role))

        assert answer.status_code == 202
        assert answer.json() == {"event_id": kafka.published[-1].event["id"]}
        assert kafka.published[-1].key == b"acme/support"


@EACH_ROUTE
@pytest.mark.parametrize("credential", [None, "", "rubbish", "sk_unknown", "expired"])
async def test_without_valid_credential_nobody_is_let_in(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    roles: set[Role],
    credential: str | None,
) -> None:
    """Missing, broken, unknown and expired credentials answer 401 alike, before the body counts."""
    if credential == "expired":
        credential = token(*roles, expires_in_s=-60)

    answer = await call(client, method, path, body, credential)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"] == "credential missing or not valid"
    assert kafka.published == []


@EACH_ROUTE
async def test_other_roles_are_refused(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    roles: set[Role],
) -> None:
    """A good credential without the role answers 403."""
    for role in set(Role) - roles:
        answer = await call(client, method, path, body, token(role))

        assert answer.status_code == 403
    assert kafka.published == []


@EACH_ROUTE
async def test_other_desks_do_not_exist(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    roles: set[Role],
) -> None:
    """Another desk of the same tenant answers 404, like one that was never configured."""
    answers = [
        await call(client, method, path, body, token(*roles), desk) for desk in ("sales", "nowhere")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert kafka.published == []


@EACH_ROUTE
async def test_foreign_tenant_reaches_its_own_desk_only(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    roles: set[Role],
) -> None:
    """A desk of the same name is another desk for another tenant: the credential decides."""
    await call(client, method, path, body, token(*roles, tenant="globex"))

    assert [record.key for record in kafka.published] == [b"globex/support"]
    assert kafka.published[0].event["tenantid"] == "globex"


@EACH_ROUTE
async def test_unknown_fields_are_refused(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    roles: set[Role],
) -> None:
    """Nobody sets what is not theirs to set: tenant, agent or anything else in a body."""
    for extra in ("tenant_id", "agent_id", "is_admin"):
        answer = await call(client, method, path, {**(body or {}), extra: "x"}, token(*roles))

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == extra
    assert kafka.published == []


@EACH_ROUTE
async def test_broken_bodies_are_refused(
    client: httpx.AsyncClient,
    kafka: FakeKafka,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    roles: set[Role],
) -> None:
    """Broken JSON, a wrong content type, a depth bomb and ten megabytes each get their answer."""
    del body
    url = f"/v1/desks/support{path}"
    headers = bearer(token(*roles))
    as_json = headers | {"content-type": "application/json"}
    is_document = path == "/configuration"

    broken = await client.request(method, url, content=b'{"a": ', headers=as_json)
    text = await client.request(
        method, url, content=b"a=1", headers=headers | {"content-type": "text/plain"}
    )
    deep = await client.request(method, url, content=b"[" * 500 + b"]" * 500, headers=as_json)
    huge = await client.request(method, url, content=b" " * 10_000_000, headers=as_json)

    assert broken.status_code == (422 if is_document else 400)
    assert text.status_code == 415
    assert deep.status_code == 422
    assert huge.status_code == 413
    assert kafka.published == []


async def test_idempotency_key_makes_the_event_id(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """The same key is the same event; another subject, desk, thing or key is another one."""

    async def reply(
        conversation: str, key: str, subject: str = "anna", desk: str = "support"
    ) -> str:
        answer = await client.post(
            f"/v1/desks/{desk}/conversations/{conversation}/replies",
            json={"text": "Hello"},
            headers=bearer(token(Role.AGENT, subject=subject, desks=["*"]))
            | {"Idempotency-Key": key},
        )
        return str(answer.json()["event_id"])

    first = await reply("cnv_1", "k1")
    again = await reply("cnv_1", "k1")
    others = [
        await reply("cnv_1", "k2"),
        await reply("cnv_2", "k1"),
        await reply("cnv_1", "k1", subject="berta"),
        await reply("cnv_1", "k1", desk="sales"),
    ]

    assert first == again
    assert len({first, *others}) == 5
    assert len(kafka.published) == 6


async def test_without_key_every_request_is_a_new_event(client: httpx.AsyncClient) -> None:
    """Two replies with the same words are two replies."""
    answers = [
        await call(client, "POST", "/presence", {"presence": "away"}, token(Role.AGENT))
        for _ in range(2)
    ]

    assert answers[0].json() != answers[1].json()


@pytest.mark.parametrize("key", ["", "with space", "x" * 201])
async def test_unusable_idempotency_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    """A key that can't be told apart later is refused at once."""
    answer = await client.post(
        "/v1/desks/support/presence",
        json={"presence": "away"},
        headers=bearer(token(Role.AGENT)) | {"Idempotency-Key": key},
    )

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/nothing", "/conversations/cnv_1/unknown", "/presence/x"])
async def test_unknown_paths_answer_404(client: httpx.AsyncClient, path: str) -> None:
    """What is not there is a problem document too."""
    answer = await call(client, "POST", path, {}, token(Role.AGENT))

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_other_methods_answer_405(client: httpx.AsyncClient) -> None:
    """A door has one method and names it."""
    answer = await client.get("/v1/desks/support/presence", headers=bearer(token(Role.AGENT)))

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
