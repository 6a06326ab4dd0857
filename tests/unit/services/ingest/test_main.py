"""How the process ends when it is set up wrongly."""

from pathlib import Path

import pytest

from services.ingest.__main__ import main


def test_unusable_endpoints_end_the_process_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who starts it reads which entry is wrong; nothing was connected."""
    endpoints = tmp_path / "endpoints.yaml"
    endpoints.write_text("- {endpoint_id: a, channel: pigeon, tenant_id: t, desk_id: d}\n")
    keys = tmp_path / "keys.yaml"
    keys.write_text("[]\n")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("ENDPOINTS_FILE", str(endpoints))
    monkeypatch.setenv("API_KEYS_FILE", str(keys))

    code = main()

    assert code == 78
    assert "endpoint a: channel: no such channel" in capsys.readouterr().err
