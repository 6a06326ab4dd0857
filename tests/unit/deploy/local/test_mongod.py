"""Which mongod is used, and what is said when there is none."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from deploy.local import mongod
from deploy.local.errors import InstallError
from deploy.local.mongod import find_mongod


def program(path: Path, text: str, *, mode: int = 0o755) -> Path:
    """Write a shell script and return its path."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(mode)
    return path


def use(
    monkeypatch: pytest.MonkeyPatch, *, bundled: Path | None, on_path: Path | None = None
) -> None:
    """Let the search find these and nothing else."""
    monkeypatch.setattr(mongod, "_bundled", lambda: bundled)
    monkeypatch.setattr(shutil, "which", lambda _: str(on_path) if on_path else None)


def test_program_on_path_serves_where_none_is_bundled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Mac with its own MongoDB needs nothing more."""
    own = program(tmp_path / "mongod", "exit 0")
    use(monkeypatch, bundled=None, on_path=own)

    assert find_mongod(tmp_path / "cache") == own


def test_without_any_program_the_error_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, with the variable that replaces the local server."""
    use(monkeypatch, bundled=None)

    with pytest.raises(InstallError, match="set MONGODB_URI"):
        find_mongod(tmp_path)


def test_missing_run_bit_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some installers drop it."""
    bundled = program(tmp_path / "mongod", "exit 0", mode=0o644)
    use(monkeypatch, bundled=bundled)

    found = find_mongod(tmp_path / "cache")

    assert found == bundled
    assert found.stat().st_mode & stat.S_IXUSR


def test_program_that_may_not_be_changed_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only site-packages is left as it is."""
    bundled = program(tmp_path / "mongod", "exit 0", mode=0o644)
    use(monkeypatch, bundled=bundled)
    # Root may write anywhere, so permissions alone would not show this.
    monkeypatch.setattr(os, "access", lambda *_: False)

    found = find_mongod(tmp_path / "cache")

    assert found == tmp_path / "cache" / "mongodb" / "mongod"
    assert not bundled.stat().st_mode & stat.S_IXUSR


def test_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader's own words say what a slim system lacks."""
    broken = program(tmp_path / "mongod", "echo 'libcurl.so.4: cannot open' >&2; exit 127")
    use(monkeypatch, bundled=broken)

    with pytest.raises(InstallError, match=r"libcurl\.so\.4: cannot open"):
        find_mongod(tmp_path)


def test_program_for_another_system_is_an_install_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A binary that the kernel refuses is told like any other lack."""
    foreign = tmp_path / "mongod"
    foreign.write_bytes(b"\x00not a program")
    foreign.chmod(0o755)
    use(monkeypatch, bundled=foreign)

    with pytest.raises(InstallError, match="cannot be run"):
        find_mongod(tmp_path)
