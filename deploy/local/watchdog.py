"""A tiny parent for one server: when whoever started it dies, however, it stops the server.

Run as a script, `watchdog.py REPORT_FD LOCK_FD COMMAND...`. Standard input is a pipe whose other
end the starter keeps open and never writes to; the kernel closes it when the starter dies, SIGKILL
included. That works on every POSIX system, unlike PR_SET_PDEATHSIG, which is Linux's alone and
fires when the starting *thread* ends. (A starter that forks without exec shares the pipe with its
forks: the server then lives until the last of them is gone.)
"""

import os
import signal
import subprocess
import sys
import threading
import time

STOP_GRACE_S = 10.0


def main(arguments: list[str]) -> int:
    """Run the command until it ends or standard input closes; return its exit code."""
    report_fd, lock_fd, *command = arguments
    server = subprocess.Popen(  # noqa: S603 - running what it is given is its purpose
        command, stdin=subprocess.DEVNULL, pass_fds=(int(lock_fd),)
    )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    # From here on the server alone holds the lock, so the lock says whether the server lives.
    os.close(int(lock_fd))
    with os.fdopen(int(report_fd), "w") as report:
        report.write(f"{server.pid}\n")
    threading.Thread(target=_stop_when_abandoned, args=(server,), daemon=True).start()
    return server.wait()


def _stop_when_abandoned(server: "subprocess.Popen[bytes]") -> None:
    os.read(0, 1)
    server.terminate()
    time.sleep(STOP_GRACE_S)
    server.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
