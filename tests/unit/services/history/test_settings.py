"""What history's settings promise."""

from pathlib import Path

import pytest

from services.history.settings import HistorySettings


def test_wrong_batch_size_is_named_and_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The variable, never its value; exit code 78."""
    keys = tmp_path / "keys.yaml"
    keys.touch()
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://mongo")
    monkeypatch.setenv("API_KEYS_FILE", str(keys))
    monkeypatch.setenv("HISTORY_BATCH_RECORDS_MAX", "99999")

    with pytest.raises(SystemExit) as ended:
        HistorySettings.load()

    assert ended.value.code == 78
    assert "HISTORY_BATCH_RECORDS_MAX" in capsys.readouterr().err


def test_defaults_are_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Servers and one source of keys are all that must be named."""
    keys = tmp_path / "keys.yaml"
    keys.touch()
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://mongo")
    monkeypatch.setenv("API_KEYS_FILE", str(keys))

    settings = HistorySettings.load()

    assert settings.history_batch_records_max == 1_000
    assert settings.mongodb_database == "switchboard"
