"""The stack's files: what the services read, and no secret in clear."""

import json
from pathlib import Path

from deploy.local.stack.configuration import (
    ApiKeyEntry,
    ConfigurationFiles,
    EndpointEntry,
    StackConfiguration,
)

ENDPOINT = EndpointEntry(
    endpoint_id="bot", channel="telegram", tenant_id="acme", desk_id="support", secrets=("s",)
)


def test_an_api_key_is_written_as_its_hash(tmp_path: Path) -> None:
    """The key itself is in no file."""
    key = ApiKeyEntry(key_id="shop", secret="sk_plain", tenant_id="acme")

    ConfigurationFiles(tmp_path / "config").write(StackConfiguration(api_keys=(key,)))

    text = (tmp_path / "config" / "api-keys.json").read_text()
    assert "sk_plain" not in text
    assert json.loads(text)[0]["roles"] == ["integrator"]


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    """Nobody else on the machine reads a provider's secret."""
    files = ConfigurationFiles(tmp_path)

    files.write(StackConfiguration(endpoints=(ENDPOINT,)))

    modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {0o600}
    assert json.loads(files.endpoints.read_text())[0]["endpoint_id"] == "bot"
