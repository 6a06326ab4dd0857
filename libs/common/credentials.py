"""Who is calling: bearer tokens and API keys become a principal with a tenant, roles and desks."""

from dataclasses import dataclass

from fastapi import Request, WebSocket

from libs.common.api_keys import ApiKeys
from libs.common.contracts.terms import Role, TenantId
from libs.common.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from libs.common.settings import AuthenticatedSettings
from libs.common.tokens import TokenVerifier

ALL_DESKS = "*"
API_KEY_PREFIX = "sk_"
CREDENTIAL_LENGTH_MAX = 8_192
WEBSOCKET_PROTOCOL = "bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A verified caller. `endpoint_id` is set for a customer in a web chat, and only there;
    `expires_at_s` (Unix seconds) where the credential expires: a stream must not outlive it.
    """

    tenant_id: TenantId
    subject: str
    roles: frozenset[Role]
    desks: frozenset[str]
    endpoint_id: str | None = None
    expires_at_s: float | None = None

    def require_role(self, *roles: Role) -> None:
        """Raises ForbiddenError unless the principal has one of these roles."""
        if not self.roles.intersection(roles):
            raise ForbiddenError(f"needs the role {' or '.join(roles)}")

    def require_desk(self, desk_id: str) -> None:
        """Raises NotFoundError unless the desk is one of the principal's: what belongs to others
        does not exist.
        """
        if ALL_DESKS not in self.desks and desk_id not in self.desks:
            raise NotFoundError("no such desk")


class Authenticator:
    """Verifies credentials; one per process, shared by all requests."""

    def __init__(self, *, tokens: TokenVerifier | None, api_keys: ApiKeys | None) -> None:
        self._tokens = tokens
        self._api_keys = api_keys

    @classmethod
    def from_settings(cls, settings: AuthenticatedSettings) -> "Authenticator":
        """Raises InvalidInputError when a file of keys can't be read or holds none."""
        return cls(
            tokens=TokenVerifier.from_settings(settings),
            api_keys=ApiKeys.load(settings.api_keys_file) if settings.api_keys_file else None,
        )

    async def stop(self) -> None:
        """Close the connection to the issuer's keys."""
        if self._tokens is not None:
            await self._tokens.stop()

    async def authenticate(self, credential: str) -> Principal:
        """Raises UnauthenticatedError, which never says why; UnavailableError while the issuer's
        keys can't be fetched.
        """
        if not credential or len(credential) > CREDENTIAL_LENGTH_MAX:
            raise UnauthenticatedError("credential missing or not valid")
        if credential.startswith(API_KEY_PREFIX):
            key = self._api_keys.find(credential) if self._api_keys else None
            if key is None:
                raise UnauthenticatedError("credential missing or not valid")
            return Principal(
                tenant_id=key.tenant_id, subject=key.key_id, roles=key.roles, desks=key.desks
            )
        if self._tokens is None:
            raise UnauthenticatedError("credential missing or not valid")
        claims = await self._tokens.verify(credential)
        return Principal(
            tenant_id=claims.tenant,
            subject=claims.sub,
            roles=claims.roles,
            desks=claims.desks,
            endpoint_id=claims.endpoint,
            expires_at_s=claims.exp,
        )


async def principal(request: Request) -> Principal:
    """FastAPI dependency: the caller, by `Authorization: Bearer`.

    The application keeps its Authenticator in `app.state.authenticator`. Raises as `authenticate`.
    """
    authenticator: Authenticator = request.app.state.authenticator
    return await authenticator.authenticate(bearer_of(request.headers.get("authorization", "")))


async def websocket_principal(socket: WebSocket) -> tuple[Principal, str | None]:
    """The caller of a WebSocket and the subprotocol to accept it with.

    A browser can't set headers, so `Sec-WebSocket-Protocol: bearer, <token>` does as well.
    Raises as `authenticate`.
    """
    authenticator: Authenticator = socket.app.state.authenticator
    if header := socket.headers.get("authorization"):
        return await authenticator.authenticate(bearer_of(header)), None
    offered = [part.strip() for part in socket.headers.get("sec-websocket-protocol", "").split(",")]
    if len(offered) == 2 and offered[0] == WEBSOCKET_PROTOCOL:  # noqa: PLR2004 - name and token
        return await authenticator.authenticate(offered[1]), WEBSOCKET_PROTOCOL
    raise UnauthenticatedError("credential missing or not valid")


def bearer_of(header: str) -> str:
    """The credential of an `Authorization` header. Raises UnauthenticatedError when none is."""
    scheme, _, credential = header.partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise UnauthenticatedError("credential missing or not valid")
    return credential.strip()
