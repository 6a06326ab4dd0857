"""Who a process is, beyond its number."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.local.identity import ProcessIdentity


def test_own_process_is_alive_and_survives_saving(tmp_path: Path) -> None:
    """An identity read back from its file is the same process."""
    identity = ProcessIdentity.of(os.getpid())
    assert identity is not None

    identity.save(tmp_path / "process.json")

    assert ProcessIdentity.read(tmp_path / "process.json") == identity
    assert identity.is_alive


def test_missing_file_is_nobody(tmp_path: Path) -> None:
    """A server that was never started has no identity."""
    assert ProcessIdentity.read(tmp_path / "process.json") is None


def test_ended_process_is_not_alive_even_before_it_is_reaped() -> None:
    """A zombie serves nobody."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = ProcessIdentity.of(child.pid)
    assert identity is not None
    assert child.stdin is not None

    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert not identity.is_alive
    child.wait()
    assert ProcessIdentity.of(child.pid) is None


def test_same_number_begun_at_another_time_is_somebody_else() -> None:
    """A number used again must never be signalled."""
    assert not ProcessIdentity(pid=os.getpid(), began="another time").is_alive
