"""Who is calling, over HTTP and over WebSockets, and what a principal may do."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from starlette.websockets import WebSocket

from deploy.local.tokens import AUDIENCE, ISSUER, LocalIssuer
from libs.common.api_keys import ApiKeys
from libs.common.contracts.terms import Role, TenantId
from libs.common.credentials import (
    Authenticator,
    Principal,
    bearer_of,
    principal,
    websocket_principal,
)
from libs.common.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from libs.common.health import Health
from libs.common.http import build_api
from libs.common.key_sets import FileKeys
from libs.common.settings import AuthenticatedSettings
from libs.common.tokens import TokenVerifier

API_KEY = f"""
- key_id: shop
  sha256: {sha256(b"sk_shop").hexdigest()}
  tenant_id: acme
  roles: [integrator]
"""


@pytest.fixture
def issuer(tmp_path: Path) -> LocalIssuer:
    """An issuer with a key of its own."""
    return LocalIssuer(tmp_path)


@pytest.fixture
def authenticator(issuer: LocalIssuer, tmp_path: Path) -> Authenticator:
    """Knows that issuer's tokens and one API key."""
    (tmp_path / "keys.yaml").write_text(API_KEY)
    return Authenticator(
        tokens=TokenVerifier(FileKeys(issuer.keys_path), issuer=ISSUER, audience=AUDIENCE),
        api_keys=ApiKeys.load(tmp_path / "keys.yaml"),
    )


def agent_token(issuer: LocalIssuer) -> str:
    """An agent of one desk."""
    return issuer.mint(tenant_id="acme", subject="ann", roles=[Role.AGENT], desks=["support"])


def someone(**changes: object) -> Principal:
    """An agent of one desk."""
    given = {
        "tenant_id": TenantId("acme"),
        "subject": "ann",
        "roles": frozenset({Role.AGENT}),
        "desks": frozenset({"support"}),
    }
    return Principal(**{**given, **changes})  # type: ignore[arg-type]


async def test_token_and_key_become_principals(
    authenticator: Authenticator, issuer: LocalIssuer
) -> None:
    """Both kinds of credential end as the same kind of thing."""
    ann = await authenticator.authenticate(agent_token(issuer))
    shop = await authenticator.authenticate("sk_shop")

    assert (ann.tenant_id, ann.subject, ann.roles) == ("acme", "ann", frozenset({Role.AGENT}))
    assert (shop.tenant_id, shop.subject, shop.desks) == ("acme", "shop", frozenset({"*"}))


async def test_customer_is_bound_to_an_endpoint(
    authenticator: Authenticator, issuer: LocalIssuer
) -> None:
    """A web chat's token names the endpoint that it may speak through."""
    token = issuer.mint(
        tenant_id="acme", subject="web-1", roles=[Role.CUSTOMER], endpoint_id="acme-web"
    )

    customer = await authenticator.authenticate(token)

    assert (customer.endpoint_id, customer.desks) == ("acme-web", frozenset())


@pytest.mark.parametrize("credential", ["", "sk_wrong", "sk_" + "x" * 10_000, "x" * 10_000, "a.b"])
async def test_bad_credential_is_refused(authenticator: Authenticator, credential: str) -> None:
    """Empty, unknown, far too long: all alike."""
    with pytest.raises(UnauthenticatedError, match=r"^credential missing or not valid$"):
        await authenticator.authenticate(credential)


async def test_kind_that_is_not_configured_is_refused() -> None:
    """No keys of that kind: nobody has one."""
    nobody = Authenticator(tokens=None, api_keys=None)

    for credential in ("sk_shop", "a.b.c"):
        with pytest.raises(UnauthenticatedError):
            await nobody.authenticate(credential)


async def test_expired_token_is_refused(authenticator: Authenticator, issuer: LocalIssuer) -> None:
    """Beyond the leeway of ten seconds."""
    token = issuer.mint(tenant_id="acme", subject="ann", roles=[Role.AGENT], lifetime_s=-60)

    with pytest.raises(UnauthenticatedError):
        await authenticator.authenticate(token)


async def test_settings_say_where_the_keys_are(
    issuer: LocalIssuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same credentials, by the environment."""
    (tmp_path / "keys.yaml").write_text(API_KEY)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://mongo")
    monkeypatch.setenv("JWT_KEYS_FILE", str(issuer.keys_path))
    monkeypatch.setenv("API_KEYS_FILE", str(tmp_path / "keys.yaml"))

    built = Authenticator.from_settings(AuthenticatedSettings.load())

    assert (await built.authenticate(agent_token(issuer))).subject == "ann"
    assert (await built.authenticate("sk_shop")).subject == "shop"
    await built.stop()


def test_role_is_needed() -> None:
    """Any of the named roles is enough; none is forbidden."""
    someone().require_role(Role.SUPERVISOR, Role.AGENT)

    with pytest.raises(ForbiddenError, match="administrator"):
        someone().require_role(Role.ADMINISTRATOR)


def test_foreign_desk_does_not_exist() -> None:
    """Another desk answers as one that never was."""
    someone().require_desk("support")
    someone(desks=frozenset({"*"})).require_desk("sales")

    with pytest.raises(NotFoundError):
        someone().require_desk("sales")


@pytest.mark.parametrize("header", ["", "Basic eDp5", "Bearer", "Bearer  ", "sk_shop"])
def test_header_without_a_bearer_is_refused(header: str) -> None:
    """Another scheme is no credential of ours."""
    with pytest.raises(UnauthenticatedError):
        bearer_of(header)


async def test_route_knows_its_caller(authenticator: Authenticator, issuer: LocalIssuer) -> None:
    """As a dependency; without a credential the route is not reached."""
    app = build_api("test", Health())
    app.state.authenticator = authenticator

    @app.get("/me")
    async def me(caller: Annotated[Principal, Depends(principal)]) -> str:
        return caller.subject

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"authorization": f"bearer {agent_token(issuer)}"}
        known = await client.get("/me", headers=headers)
        stranger = await client.get("/me")

    assert (known.status_code, known.json()) == (200, "ann")
    assert (stranger.status_code, stranger.headers["www-authenticate"]) == (401, "Bearer")


async def test_socket_knows_its_caller_by_header_or_subprotocol(
    authenticator: Authenticator, issuer: LocalIssuer
) -> None:
    """Programs send a header; browsers can only name a subprotocol."""
    token = agent_token(issuer)
    app = FastAPI()
    app.state.authenticator = authenticator

    def socket(name: str, value: str) -> WebSocket:
        scope = {"type": "websocket", "app": app, "headers": [(name.encode(), value.encode())]}
        return WebSocket(scope, receive=None, send=None)  # type: ignore[arg-type]

    by_header, nothing = await websocket_principal(socket("authorization", f"Bearer {token}"))
    by_name, chosen = await websocket_principal(
        socket("sec-websocket-protocol", f"bearer, {token}")
    )

    assert (by_header.subject, nothing) == ("ann", None)
    assert (by_name.subject, chosen) == ("ann", "bearer")
    for value in ("bearer", token, f"other, {token}"):
        with pytest.raises(UnauthenticatedError):
            await websocket_principal(socket("sec-websocket-protocol", value))
