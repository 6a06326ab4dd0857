"""What a newcomer can paste once everything is up."""

import subprocess
from pathlib import Path

import pytest

from deploy.local.stack import example
from deploy.local.stack.configuration import StackConfiguration, write_private
from deploy.local.stack.example import credentials
from deploy.local.stack.guide import guide, shown
from deploy.local.stack.outside import OutsideProcess
from deploy.local.stack.stack import SERVICES, Stack


def _guide(tmp_path: Path) -> tuple[str, Stack]:
    environment = {
        "SWITCHBOARD_LOCAL_DIR": str(tmp_path),
        # Servers of the user's own have an address without having been started by us.
        "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
        "MONGODB_URI": "mongodb://localhost",
    }
    stack = Stack(StackConfiguration(), environment=environment)
    for service in SERVICES:
        stack.add_replica(service)
    return guide(stack, OutsideProcess(stack.directory / "outside")), stack


def test_every_token_that_the_guide_names_exists(tmp_path: Path) -> None:
    """Its first line, pasted into a shell, prints the token that the others ask for."""
    text, stack = _guide(tmp_path)
    tokens = credentials(stack.issuer)
    write_private(stack.files.tokens, tokens)
    [function] = [line for line in text.splitlines() if line.startswith("  token()")]

    for who in (example.VISITOR, example.SUPERVISOR, example.INTEGRATOR, example.AGENT):
        printed = subprocess.run(
            ["bash", "-c", f"{function}\ntoken '{who}'"],  # noqa: S607 - the newcomer's own shell
            capture_output=True,
            text=True,
            check=True,
        )
        assert printed.stdout.strip() == tokens[who]
        assert who in text


def test_the_lines_are_valid_shell_and_name_every_address(tmp_path: Path) -> None:
    """A missing quote would be the newcomer's first impression."""
    text, stack = _guide(tmp_path)
    lines = text[text.index("  token()") : text.index("Stop it with")]

    checked = subprocess.run(["bash", "-n", "-c", lines], capture_output=True, check=False)  # noqa: S607 - as above

    assert checked.stderr == b""
    assert stack.url("ingest") in text
    assert stack.url("history") in text
    assert "{" + "ingest}" not in text


def test_paths_are_shown_as_they_are_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies below the present folder needs no whole path."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert shown(tmp_path / "here" / "log") == "log"
    assert shown(tmp_path / "log") == str(tmp_path / "log")
