"""The command line, as far as it goes without a server."""

from pathlib import Path

import pytest

from deploy.local.__main__ import main


@pytest.fixture(autouse=True)
def _local_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_LOCAL_DIR", str(tmp_path))
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.delenv("MONGODB_URI", raising=False)


def test_status_of_nothing_is_said_and_is_not_success(capsys: pytest.CaptureFixture[str]) -> None:
    """A script can ask whether the servers are up."""
    code = main(["status"])

    assert code == 1
    assert capsys.readouterr().out == "Kafka: does not run\nMongoDB: does not run\n"


def test_stop_of_nothing_is_success() -> None:
    """`make down` twice is no error."""
    assert main(["stop", "--instance", "demo"]) == 0


def test_environment_of_the_users_own_servers_is_printed_for_a_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the shell evaluates is quoted."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://h/?a=1&b=2")

    code = main(["env"])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "export KAFKA_BOOTSTRAP_SERVERS=kafka:9092",
        "export MONGODB_URI='mongodb://h/?a=1&b=2'",
    ]


@pytest.mark.parametrize("arguments", [["env"], ["start", "--instance", "../x"]])
def test_error_is_told_in_one_line_on_stderr(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A person reads a sentence, not a traceback."""
    code = main(arguments)

    assert code == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
