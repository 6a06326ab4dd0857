"""API keys of integrators: kept as hashes, compared in constant time."""

import hmac
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from libs.common.contracts.envelope import describe
from libs.common.contracts.terms import Name, Role, TenantId
from libs.common.errors import InvalidInputError

KEYS_MAX = 1_000


class ApiKey(BaseModel):
    """One key of one tenant: the SHA-256 of the secret, in hex, and what it may do."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key_id: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    tenant_id: Annotated[TenantId, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    roles: frozenset[Role] = Field(min_length=1)
    desks: frozenset[str] = frozenset({"*"})


_KEYS: TypeAdapter[list[ApiKey]] = TypeAdapter(Annotated[list[ApiKey], Field(max_length=KEYS_MAX)])


class ApiKeys:
    """The keys that are valid in this process."""

    def __init__(self, keys: list[ApiKey]) -> None:
        self._keys = keys

    @classmethod
    def load(cls, path: Path) -> "ApiKeys":
        """Read a YAML list. Raises InvalidInputError naming the file and fields, never values."""
        try:
            return cls(_KEYS.validate_python(yaml.safe_load(path.read_bytes())))
        except (OSError, yaml.YAMLError) as error:
            raise InvalidInputError(
                f"API_KEYS_FILE can't be read: {type(error).__name__}"
            ) from error
        except ValidationError as error:
            raise InvalidInputError(f"API_KEYS_FILE: {describe(error)}") from error

    def find(self, secret: str) -> ApiKey | None:
        """The key whose secret this is; every key is compared, so that time tells nothing."""
        digest = sha256(secret.encode()).hexdigest()
        found: ApiKey | None = None
        for key in self._keys:
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found
