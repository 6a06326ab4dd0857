"""One server process over one directory: never two, never an orphan, never awaited for ever.

The directory holds `lock` (held by the running server itself), `process.json` (who it is) and
`server.log` (what it says; `server.log.1` is from the start before, higher numbers are older). A
*supervised* server ends with the process that started it; a *detached* one goes on until somebody
stops it.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local import watchdog
from deploy.local.errors import AlreadyRunningError, StartError
from deploy.local.file_lock import try_lock
from deploy.local.identity import ProcessIdentity
from deploy.local.progress import say

LOG_TAIL_LINES = 20

_POLL_S = 0.03
_REAP_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Launch:
    """What to run, and how to tell that it serves; `is_ready` must answer within a second or so.

    Without an `environment` it runs in the starter's own.
    """

    command: Sequence[str]
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] | None = None


class ServerProcess:
    """The server of one directory, as seen by its starter or by anybody else who names it.

    `logs_kept` is how many logs of earlier starts stay beside the present one.
    """

    def __init__(self, *, name: str, directory: Path, logs_kept: int = 1) -> None:
        self.name = name
        self._logs_kept = logs_kept
        self.directory = directory
        self.log_path = directory / "server.log"
        self._record = directory / "process.json"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the running server's process, whoever started it; None if none runs."""
        identity = ProcessIdentity.read(self._record)
        return identity.pid if identity and identity.is_alive else None

    def start(
        self, prepare: Callable[[], Launch], *, timeout_s: float, detached: bool = False
    ) -> None:
        """Start the server and return when it is ready, at most `timeout_s` after it was launched.

        `prepare` runs while the directory is locked, so nobody else can be at work in it. Raises
        AlreadyRunningError, or StartError with the end of the log; then nothing is left running.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = try_lock(self.directory / "lock")
        if lock is None:
            raise AlreadyRunningError(self._already_running())
        try:
            self._reap()
            launch = prepare()
            identity = self._spawn(launch, lock=lock, detached=detached)
            identity.save(self._record)
            self._await_ready(identity, launch.is_ready, timeout_s)
        except BaseException:
            self.kill()
            raise
        finally:
            # Only our copy: the server inherited the lock and holds it for as long as it lives.
            os.close(lock)

    def stop(self, *, timeout_s: float) -> None:
        """End the server in good order; kill it, and say so, when `timeout_s` was not enough."""
        if not self._end(signal.SIGTERM, timeout_s=timeout_s):
            say(f"{self.name} did not stop within {timeout_s:.0f} s and was killed.")
            self.kill()

    def kill(self) -> None:
        """End the server by SIGKILL, as a crash would, and return when it is gone."""
        if not self._end(signal.SIGKILL, timeout_s=_REAP_TIMEOUT_S):
            message = f"{self.name}: process {self.pid} outlived SIGKILL by {_REAP_TIMEOUT_S:.0f} s"
            raise StartError(message)

    def log_tail(self) -> str:
        """Return the last lines of the server's log."""
        if not self.log_path.exists():
            return "(no log was written)"
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:]) or "(the log is empty)"

    def _spawn(self, launch: Launch, *, lock: int, detached: bool) -> ProcessIdentity:
        self._keep_earlier_logs()
        with self.log_path.open("wb") as log:
            if detached:
                self._child = subprocess.Popen(  # noqa: S603 - the command is ours
                    launch.command,
                    env=launch.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(lock,),
                    start_new_session=True,
                )
                pid = self._child.pid
            else:
                pid = self._spawn_under_watchdog(launch, lock=lock, log_fd=log.fileno())
        identity = ProcessIdentity.of(pid)
        if identity is None:
            raise StartError(self._failure("ended at once"))
        return identity

    def _keep_earlier_logs(self) -> None:
        for age in range(self._logs_kept, 0, -1):
            younger = self.log_path.with_suffix(f".log.{age - 1}") if age > 1 else self.log_path
            if younger.exists():
                younger.replace(self.log_path.with_suffix(f".log.{age}"))

    def _spawn_under_watchdog(self, launch: Launch, *, lock: int, log_fd: int) -> int:
        report_read, report_write = os.pipe()
        with os.fdopen(report_read) as report:
            try:
                self._child = subprocess.Popen(  # noqa: S603 - the command is ours
                    # Isolated and without site-packages: the watchdog needs neither, and is small.
                    [
                        *(sys.executable, "-I", "-S", watchdog.__file__),
                        *(str(report_write), str(lock), *launch.command),
                    ],
                    env=launch.environment,
                    stdin=subprocess.PIPE,
                    stdout=log_fd,
                    stderr=log_fd,
                    pass_fds=(report_write, lock),
                    # A Ctrl-C at the terminal is for the starter, which then stops us in order.
                    start_new_session=True,
                )
            finally:
                os.close(report_write)
            reported = report.readline().strip()
        if not reported:
            raise StartError(self._failure("could not be run"))
        return int(reported)

    def _await_ready(
        self, identity: ProcessIdentity, is_ready: Callable[[], bool], timeout_s: float
    ) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not is_ready():
            if not identity.is_alive:
                raise StartError(self._failure("ended while it was starting"))
            if time.monotonic() > deadline_s:
                raise StartError(self._failure(f"was not ready within {timeout_s:.0f} s"))
            time.sleep(_POLL_S)

    def _end(self, signal_number: signal.Signals, *, timeout_s: float) -> bool:
        identity = ProcessIdentity.read(self._record)
        deadline_s = time.monotonic() + timeout_s
        if identity and identity.is_alive:
            # It may end by itself between the question and the signal.
            with suppress(ProcessLookupError):
                os.kill(identity.pid, signal_number)
        while identity and identity.is_alive:
            if time.monotonic() > deadline_s:
                return False
            time.sleep(_POLL_S)
        self._reap()
        self._record.unlink(missing_ok=True)
        return True

    def _reap(self) -> None:
        if self._child is None:
            return
        if self._child.stdin:
            self._child.stdin.close()
        self._child.wait(timeout=_REAP_TIMEOUT_S)
        self._child = None

    def _already_running(self) -> str:
        pid = self.pid
        who = "is being started by another process" if pid is None else f"runs as process {pid}"
        return f"{self.name} in {self.directory} already {who}: stop that, or name another instance"

    def _failure(self, what: str) -> str:
        return f"{self.name} {what}; the end of {self.log_path}:\n{self.log_tail()}"
