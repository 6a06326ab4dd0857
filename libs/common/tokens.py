"""Bearer tokens: signature, issuer, audience, times and claims, by keys that may rotate."""

from collections.abc import Mapping
from typing import Annotated, Any

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.common.contracts.terms import Identifier, Name, Role, TenantId
from libs.common.errors import UnauthenticatedError
from libs.common.key_sets import FileKeys, KeySource, UrlKeys
from libs.common.settings import AuthenticatedSettings

LEEWAY_S = 10
# The algorithms that a key of each kind may sign with: a token can't choose another kind, so that
# a public key is never taken for a shared secret.
ALGORITHMS: Mapping[str, tuple[str, ...]] = {
    "RSA": ("RS256",),
    "EC": ("ES256",),
    "OKP": ("EdDSA",),
    "oct": ("HS256",),
}
REFUSED = "credential missing or not valid"


class Claims(BaseModel):
    """What a token says about its bearer; `exp` in Unix seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    sub: Identifier
    tenant: Annotated[TenantId, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    desks: frozenset[str] = frozenset()
    endpoint: Name | None = None
    exp: float


class TokenVerifier:
    """Verifies tokens of one issuer for one audience."""

    def __init__(self, keys: KeySource, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    @classmethod
    def from_settings(cls, settings: AuthenticatedSettings) -> "TokenVerifier | None":
        """None when no keys are configured. Raises InvalidInputError for an unusable key file."""
        keys: KeySource
        if settings.jwt_keys_file:
            keys = FileKeys(settings.jwt_keys_file)
        elif settings.jwt_jwks_url:
            keys = UrlKeys(str(settings.jwt_jwks_url))
        else:
            return None
        return cls(keys, issuer=settings.jwt_issuer, audience=settings.jwt_audience)

    async def stop(self) -> None:
        """Let go of the keys' source."""
        await self._keys.stop()

    async def verify(self, token: str) -> Claims:
        """Raises UnauthenticatedError, which never says why; UnavailableError while no keys can
        be had.
        """
        try:
            header = jwt.get_unverified_header(token)
            key = await self._keys.find(header.get("kid"))
            if key is None:
                raise UnauthenticatedError(REFUSED)
            found: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS.get(key.key_type or "", ())),
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            return Claims.model_validate(found)
        except (jwt.PyJWTError, ValidationError, ValueError) as error:
            raise UnauthenticatedError(REFUSED) from error
