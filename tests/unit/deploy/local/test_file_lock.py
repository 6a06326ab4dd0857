"""The lock that lives as long as its holder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.errors import InstallError
from deploy.local.file_lock import try_lock, wait_for_lock


def test_lock_is_held_once_and_free_when_closed(tmp_path: Path) -> None:
    """The second taker gets nothing until the first lets go."""
    held = try_lock(tmp_path / "lock")
    assert held is not None
    assert try_lock(tmp_path / "lock") is None

    os.close(held)
    again = try_lock(tmp_path / "lock")

    assert again is not None
    os.close(again)


def test_child_that_inherited_the_lock_keeps_it(tmp_path: Path) -> None:
    """A server holds its directory for as long as it lives, though its starter let go."""
    held = try_lock(tmp_path / "lock")
    assert held is not None
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(held,)
    )

    os.close(held)
    while_alive = try_lock(tmp_path / "lock")
    child.communicate()
    afterwards = try_lock(tmp_path / "lock")

    assert while_alive is None
    assert afterwards is not None
    os.close(afterwards)


def test_waiting_ends_in_an_error_that_names_the_lock(tmp_path: Path) -> None:
    """An install that hangs elsewhere does not hang this one."""
    held = try_lock(tmp_path / "lock")
    assert held is not None

    with (
        pytest.raises(InstallError, match="lock for more than 0 s"),
        wait_for_lock(tmp_path / "lock", timeout_s=0.0),
    ):
        pass

    os.close(held)


def test_block_holds_the_lock(tmp_path: Path) -> None:
    """Inside nobody else gets it, afterwards anybody does."""
    with wait_for_lock(tmp_path / "lock", timeout_s=1.0):
        inside = try_lock(tmp_path / "lock")
    afterwards = try_lock(tmp_path / "lock")

    assert inside is None
    assert afterwards is not None
    os.close(afterwards)
