"""The pinned archives: what the lock says is what ends up on the class path."""

import hashlib
from pathlib import Path

import pytest

from deploy.local import jars
from deploy.local.errors import InstallError
from deploy.local.jars import Jar, install_jars, parse_lock, render_lock

GOOD = b"the right bytes"
JAR = Jar("org.example", "thing", "1.0", hashlib.sha256(GOOD).hexdigest())


class Registry:
    """Hands out the given answers one after another: bytes to store, or an error to raise."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)

    def __call__(self, jar: Jar, repository: Path) -> None:
        """Store the next answer where the archive belongs."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        path = jar.path_in(repository)
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "_RETRY_DELAY_S", 0.0)


def test_lock_survives_being_written_and_read() -> None:
    """Writing sorts, reading gives back the same archives."""
    other = Jar("a.b", "c", "2", "0" * 64)

    assert parse_lock(render_lock([JAR, other])) == (other, JAR)


@pytest.mark.parametrize(
    "line",
    ["org.example:thing 00", "org.example:thing:1.0", "a:b:c:d " + "0" * 64, "a::c " + "0" * 64],
)
def test_broken_lock_line_is_refused_by_number(line: str) -> None:
    """A lock that cannot be trusted whole is not used in part."""
    with pytest.raises(ValueError, match="line 2"):
        parse_lock(f"# head\n{line}\n")


def test_committed_lock_holds_one_version_of_kafka() -> None:
    """The log4j coordinate has once pulled kafka-clients 3.9.1 in among 4.4.0."""
    pinned = parse_lock(jars.LOCK_FILE.read_text(encoding="utf-8"))

    assert {jar.version for jar in pinned if jar.group == "org.apache.kafka"} == {"4.4.0"}
    assert any(jar.artifact == "log4j-slf4j-impl" for jar in pinned)


def test_present_archive_is_not_fetched(tmp_path: Path) -> None:
    """A second install needs no network."""
    registry = Registry(GOOD)
    install_jars([JAR], tmp_path, fetch=registry)

    fetched = install_jars([JAR], tmp_path, fetch=Registry())

    assert fetched == 0


def test_truncated_archive_is_fetched_again(tmp_path: Path) -> None:
    """An earlier install that was cut short leaves nothing that is believed."""
    path = JAR.path_in(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(GOOD[:3])

    fetched = install_jars([JAR], tmp_path, fetch=Registry(GOOD))

    assert fetched == 1
    assert path.read_bytes() == GOOD


def test_wrong_bytes_and_errors_are_tried_again(tmp_path: Path) -> None:
    """One bad answer and one broken connection still end in the right archive."""
    registry = Registry(b"something else", ConnectionError("reset"), GOOD)

    install_jars([JAR], tmp_path, fetch=registry)

    assert JAR.path_in(tmp_path).read_bytes() == GOOD


def test_archive_that_stays_wrong_fails_and_leaves_nothing(tmp_path: Path) -> None:
    """Bytes that nobody pinned never stay on the class path."""
    registry = Registry(*[b"something else"] * jars.ATTEMPTS_MAX)

    with pytest.raises(InstallError, match=r"org\.example:thing:1\.0 could not be had"):
        install_jars([JAR], tmp_path, fetch=registry)

    assert registry.answers == []
    assert not JAR.path_in(tmp_path).exists()


def test_progress_says_which_of_how_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever waits for a download sees how far it is."""
    install_jars([JAR], tmp_path, fetch=Registry(GOOD))

    assert "1 of 1: thing-1.0.jar" in capsys.readouterr().out
