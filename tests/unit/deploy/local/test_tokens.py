"""The laptop's issuer keeps its key, and hides it."""

import json
import stat
from pathlib import Path

import jwt
import pytest

from deploy.local.tokens import AUDIENCE, LocalIssuer
from libs.common.contracts.terms import Role


def test_second_start_keeps_earlier_tokens_valid(tmp_path: Path) -> None:
    """The same folder means the same key."""
    token = LocalIssuer(tmp_path).mint(tenant_id="acme", subject="ann", roles=[Role.AGENT])

    (entry,) = json.loads(LocalIssuer(tmp_path).keys_path.read_text())["keys"]

    claims = jwt.decode(token, jwt.PyJWK(entry), algorithms=["ES256"], audience=AUDIENCE)
    assert (claims["tenant"], claims["sub"], claims["roles"]) == ("acme", "ann", ["agent"])


def test_private_key_is_its_owners_alone(tmp_path: Path) -> None:
    """Only the public part is in the key set, and nobody else may read the other file."""
    issuer = LocalIssuer(tmp_path)

    assert "d" not in json.loads(issuer.keys_path.read_text())["keys"][0]
    assert stat.S_IMODE((tmp_path / "issuer.pem").stat().st_mode) == 0o600


def test_key_of_another_kind_is_told(tmp_path: Path) -> None:
    """A file that someone else put there is not used."""
    LocalIssuer(tmp_path)
    (tmp_path / "issuer.pem").write_text("nonsense")

    with pytest.raises(ValueError, match="PEM"):
        LocalIssuer(tmp_path)
