"""Bearer tokens: what is accepted, and the classic ways to cheat that are not."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from jwt import PyJWK

from libs.common import clock
from libs.common.contracts.terms import Role
from libs.common.errors import UnauthenticatedError
from libs.common.key_sets import Keys, read_keys
from libs.common.tokens import TokenVerifier

RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
ED_KEY = ed25519.Ed25519PrivateKey.generate()
SECRET = b"s" * 32
SigningKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | bytes


def entry(
    key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey, algorithm: str, key_id: str
) -> dict[str, Any]:
    """A key of a JWKS document."""
    kind = jwt.get_algorithm_by_name(algorithm)
    return {**json.loads(kind.to_jwk(key)), "kid": key_id}


KEYS = read_keys(
    {
        "keys": [
            entry(RSA_KEY.public_key(), "RS256", "rsa"),
            entry(ED_KEY.public_key(), "EdDSA", "ed"),
            {"kty": "oct", "k": base64.urlsafe_b64encode(SECRET).decode(), "kid": "oct"},
            {"kty": "unknown", "kid": "strange"},
        ]
    }
)


class FixedKeys:
    """Keys that never change."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key."""
        return self._keys.get(key_id or "")

    async def stop(self) -> None:
        """Nothing is held."""


@pytest.fixture
def verifier() -> TokenVerifier:
    """A verifier of one issuer and one audience."""
    return TokenVerifier(FixedKeys(KEYS), issuer="issuer", audience="platform")


def claims(**changes: object) -> dict[str, Any]:
    """Good claims with changes; None removes one."""
    given: dict[str, Any] = {
        "iss": "issuer",
        "aud": "platform",
        "sub": "agent-1",
        "exp": clock.now() + timedelta(minutes=5),
        "tenant": "acme",
        "roles": ["agent"],
        "desks": ["support"],
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def signed(
    content: dict[str, Any],
    key: SigningKey = RSA_KEY,
    algorithm: str = "RS256",
    key_id: str = "rsa",
) -> str:
    """A token."""
    return jwt.encode(content, key, algorithm=algorithm, headers={"kid": key_id})


@pytest.mark.parametrize(
    ("key", "algorithm", "key_id"),
    [(RSA_KEY, "RS256", "rsa"), (ED_KEY, "EdDSA", "ed"), (SECRET, "HS256", "oct")],
)
async def test_good_token_tells_who_calls(
    verifier: TokenVerifier,
    key: SigningKey,
    algorithm: str,
    key_id: str,
) -> None:
    """Each kind of key with the one algorithm that it may sign with."""
    found = await verifier.verify(signed(claims(), key, algorithm, key_id))

    assert (found.tenant, found.sub, found.roles, found.desks) == (
        "acme",
        "agent-1",
        frozenset({Role.AGENT}),
        frozenset({"support"}),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": clock.now() - timedelta(seconds=11)},
        {"exp": None},
        {"nbf": clock.now() + timedelta(days=1)},
        {"iss": "another"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"sub": None},
        {"sub": "two words"},
        {"tenant": None},
        {"tenant": "../acme"},
        {"tenant": ""},
        {"roles": []},
        {"roles": ["owner"]},
        {"roles": None},
        {"desks": "support"},
    ],
    ids=str,
)
async def test_wrong_claims_are_refused_alike(
    verifier: TokenVerifier, changes: dict[str, Any]
) -> None:
    """Whatever is wrong, the answer is the same and tells nothing."""
    with pytest.raises(UnauthenticatedError, match=r"^credential missing or not valid$"):
        await verifier.verify(signed(claims(**changes)))


async def test_clocks_may_differ_by_ten_seconds(verifier: TokenVerifier) -> None:
    """An issuer's clock is not ours."""
    late = claims(exp=clock.now() - timedelta(seconds=5))

    assert (await verifier.verify(signed(late))).sub == "agent-1"


async def test_unsigned_token_is_refused(verifier: TokenVerifier) -> None:
    """The algorithm "none" is none."""
    token = jwt.encode(claims(), "", algorithm="none", headers={"kid": "rsa"})

    with pytest.raises(UnauthenticatedError):
        await verifier.verify(token)


async def test_public_key_is_never_a_shared_secret(verifier: TokenVerifier) -> None:
    """An HS256 token "signed" with the public RSA key, which everyone has, is refused."""
    public = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [
        base64.urlsafe_b64encode(json.dumps(part, default=str).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, claims(exp=9_999_999_999))
    ]
    signature = jwt.get_algorithm_by_name("HS256").sign(b".".join(parts), public)
    forged = b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()

    with pytest.raises(UnauthenticatedError):
        await verifier.verify(forged)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "\u0000.\u00ff.c",
        signed(claims(), key_id="unknown"),
        signed(claims(), ED_KEY, "EdDSA", "rsa"),
        signed(claims())[:-4] + "AAAA",
        signed(claims(), RSA_KEY, "RS512", "rsa"),
    ],
)
async def test_what_does_not_verify_is_refused(verifier: TokenVerifier, token: str) -> None:
    """Garbage, unknown keys, other keys, other algorithms, changed signatures."""
    with pytest.raises(UnauthenticatedError):
        await verifier.verify(token)
