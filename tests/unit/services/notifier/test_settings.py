"""Tests of the notifier's settings."""

from pathlib import Path

import pytest

from services.notifier.settings import NotifierSettings


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """The environment that a notifier needs at least."""
    for name in ("keys.json", "endpoints.yaml"):
        (tmp_path / name).write_text("[]")
    return {
        "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
        "MONGODB_URI": "mongodb://localhost",
        "JWT_KEYS_FILE": str(tmp_path / "keys.json"),
        "ENDPOINTS_FILE": str(tmp_path / "endpoints.yaml"),
    }


def test_environment_is_read_with_units(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours become milliseconds, and the retry settings become policies."""
    extra = {"NOTIFICATION_RETENTION_H": "2", "DELIVERY_ATTEMPTS_MAX": "5"}
    for name, value in (files | extra).items():
        monkeypatch.setenv(name, value)

    settings = NotifierSettings.load()

    assert settings.notification_retention_ms == 7_200_000
    assert settings.delivery_policy.attempts_max == 5
    assert settings.webhook_policy.factor == 4
    assert not settings.allow_plain_http_targets


def test_missing_file_is_named(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message at start names the variable that is wrong."""
    for name, value in (files | {"ENDPOINTS_FILE": "/nowhere"}).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as caught:
        NotifierSettings.load()

    assert caught.value.code == 78
    assert "ENDPOINTS_FILE" in capsys.readouterr().err
