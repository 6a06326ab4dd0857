"""The command line before anything was started."""

from pathlib import Path

import pytest

from deploy.local.stack.__main__ import main


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own instance is touched."""
    monkeypatch.setenv("SWITCHBOARD_LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://mongo/?replicaSet=rs0")


def test_status_fails_while_nothing_runs() -> None:
    """A script can tell by the exit code."""
    assert main(["status"]) == 1


def test_down_is_harmless_when_nothing_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """It says that all is stopped."""
    assert main(["down"]) == 0

    assert "stopped" in capsys.readouterr().out


def test_an_impossible_instance_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, no stack trace."""
    assert main(["status", "--instance", "No Such"]) == 1

    assert "No Such" in capsys.readouterr().err
