"""An issuer of tokens for a laptop: makes a key, writes it as a JWKS file, signs tokens with it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common import clock
from libs.common.contracts.terms import Role

ISSUER = "switchboard"
AUDIENCE = "switchboard"
KEY_ID = "local"
ALGORITHM = "ES256"
LIFETIME_S = 12 * 3_600


class LocalIssuer:
    """Signs tokens with a key of its own; services verify them by the public key in `keys_path`.

    Point `JWT_KEYS_FILE` at `keys_path`. The private key stays beside it, readable by its owner
    alone, so that a second start keeps earlier tokens valid.
    """

    def __init__(self, directory: Path, *, issuer: str = ISSUER, audience: str = AUDIENCE) -> None:
        self.keys_path = directory / "jwks.json"
        self._issuer = issuer
        self._audience = audience
        self._key = _load_or_make(directory / "issuer.pem")
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key()))
        entry = {**public, "kid": KEY_ID, "use": "sig", "alg": ALGORITHM}
        self.keys_path.write_text(json.dumps({"keys": [entry]}), encoding="utf-8")

    def mint(
        self,
        *,
        tenant_id: str,
        subject: str,
        roles: Sequence[Role],
        desks: Sequence[str] = (),
        endpoint_id: str | None = None,
        lifetime_s: int = LIFETIME_S,
    ) -> str:
        """A signed token. `desks` may hold "*"; a negative lifetime makes an expired token."""
        now = clock.now()
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "iat": now,
            "exp": now + timedelta(seconds=lifetime_s),
            "sub": subject,
            "tenant": tenant_id,
            "roles": [role.value for role in roles],
            "desks": list(desks),
        }
        if endpoint_id is not None:
            claims["endpoint"] = endpoint_id
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": KEY_ID})


def _load_or_make(path: Path) -> ec.EllipticCurvePrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{path.name} holds no key of the expected kind: delete it")
        return key
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = ec.generate_private_key(ec.SECP256R1())
    path.touch(mode=0o600)
    path.write_bytes(_pem_of(fresh))
    return fresh


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        encoding=serialization.Encoding.PEM,
        format=serialization.PrivateFormat.PKCS8,
        encryption_algorithm=serialization.NoEncryption(),
    )
