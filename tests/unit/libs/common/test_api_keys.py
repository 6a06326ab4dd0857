"""API keys: found by their secret, never kept in the clear."""

from hashlib import sha256
from pathlib import Path

import pytest

from libs.common.api_keys import ApiKeys
from libs.common.contracts.terms import Role
from libs.common.errors import InvalidInputError

GOOD = f"""
- key_id: shop
  sha256: {sha256(b"sk_shop").hexdigest()}
  tenant_id: acme
  roles: [integrator]
- key_id: till
  sha256: {sha256(b"sk_till").hexdigest()}
  tenant_id: globex
  roles: [integrator, administrator]
  desks: [sales]
"""


def written(tmp_path: Path, content: str) -> Path:
    """A file of keys."""
    path = tmp_path / "keys.yaml"
    path.write_text(content)
    return path


def test_key_is_found_by_its_secret_alone(tmp_path: Path) -> None:
    """With its tenant, roles and desks; all desks unless some are named."""
    keys = ApiKeys.load(written(tmp_path, GOOD))

    shop, till = keys.find("sk_shop"), keys.find("sk_till")

    assert shop is not None
    assert till is not None
    assert (shop.tenant_id, shop.desks) == ("acme", frozenset({"*"}))
    assert (till.roles, till.desks) == (
        frozenset({Role.INTEGRATOR, Role.ADMINISTRATOR}),
        frozenset({"sales"}),
    )
    assert keys.find("sk_other") is None
    assert keys.find(sha256(b"sk_shop").hexdigest()) is None


@pytest.mark.parametrize(
    "content",
    ["[", "a: b", "- key_id: x", GOOD.replace("acme", "../acme"), GOOD + "  secret: CANARY"],
)
def test_wrong_file_is_told_by_field(tmp_path: Path, content: str) -> None:
    """The message names the variable and never a value."""
    with pytest.raises(InvalidInputError, match="API_KEYS_FILE") as raised:
        ApiKeys.load(written(tmp_path, content))

    assert "CANARY" not in str(raised.value)


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A Secret that is not mounted."""
    with pytest.raises(InvalidInputError, match="FileNotFoundError"):
        ApiKeys.load(tmp_path / "missing.yaml")
