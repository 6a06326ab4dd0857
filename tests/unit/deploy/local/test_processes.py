"""Server processes: exclusive, stoppable, never orphaned. Small Python programs play the server."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.errors import AlreadyRunningError, StartError
from deploy.local.identity import ProcessIdentity
from deploy.local.processes import Launch, ServerProcess

PROJECT = Path(__file__).parents[4]
SLEEPER = "import time; print('serving', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER


def launch(program: str, *, is_ready: Callable[[], bool] = lambda: True) -> Callable[[], Launch]:
    """Return what prepares a server that runs this Python program."""
    return lambda: Launch([sys.executable, "-c", program], is_ready=is_ready)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """Give a server over a fresh directory, and leave none behind."""
    process = ServerProcess(name="Server", directory=tmp_path / "server")
    yield process
    process.kill()


def says_serving(server: ServerProcess) -> Callable[[], bool]:
    """Return a readiness check that looks into the server's log."""
    return lambda: "serving" in server.log_tail()


@pytest.mark.parametrize("detached", [False, True])
def test_started_server_runs_until_stopped(server: ServerProcess, *, detached: bool) -> None:
    """Start, stop and start again work the same for both kinds."""
    for _ in range(2):
        server.start(launch(SLEEPER), timeout_s=5, detached=detached)
        assert server.pid is not None

        server.stop(timeout_s=5)

        assert server.pid is None


def test_second_starter_is_told_who_runs(server: ServerProcess) -> None:
    """Two starters never share a directory, and the first one's server goes on."""
    server.start(launch(SLEEPER), timeout_s=5)
    other = ServerProcess(name="Server", directory=server.directory)

    with pytest.raises(AlreadyRunningError, match=f"already runs as process {server.pid}"):
        other.start(launch(SLEEPER), timeout_s=5)

    assert server.pid is not None


def test_anybody_who_names_the_directory_can_stop_it(server: ServerProcess) -> None:
    """`make down` is another process than `make up`."""
    server.start(launch(SLEEPER), timeout_s=5, detached=True)

    ServerProcess(name="Server", directory=server.directory).stop(timeout_s=5)

    assert server.pid is None


def test_killed_server_starts_again(server: ServerProcess) -> None:
    """A crash leaves nothing in the way of the next start."""
    server.start(launch(SLEEPER), timeout_s=5)
    first = server.pid

    server.kill()
    server.start(launch(SLEEPER), timeout_s=5)

    assert server.pid not in (None, first)


def test_server_that_crashed_by_itself_starts_again(server: ServerProcess) -> None:
    """Nobody has to clean up after a crash that nobody ordered."""
    server.start(launch(SLEEPER), timeout_s=5)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: server.pid is None)

    server.start(launch(SLEEPER), timeout_s=5)

    assert server.pid is not None


def test_server_that_ends_while_starting_shows_its_log(server: ServerProcess) -> None:
    """The error carries the last lines of the log, and no more."""
    program = "import sys; [print(f'line {n}.') for n in range(100)]; sys.exit(3)"

    with pytest.raises(StartError, match="ended while it was starting") as caught:
        server.start(launch(program, is_ready=lambda: False), timeout_s=5)

    assert "line 99." in str(caught.value)
    assert "line 80." in str(caught.value)
    assert "line 79." not in str(caught.value)


def test_program_that_does_not_exist_is_a_start_error(server: ServerProcess) -> None:
    """A wrong command line fails at once instead of at the deadline."""
    with pytest.raises(StartError, match="could not be run"):
        server.start(lambda: Launch(["/no/such/program"], lambda: False), timeout_s=5)


def test_server_that_never_gets_ready_is_ended(server: ServerProcess) -> None:
    """No start waits for ever, and a failed one leaves nothing running."""
    with pytest.raises(StartError, match="was not ready within 0 s"):
        server.start(launch(SLEEPER, is_ready=lambda: False), timeout_s=0.2)

    assert server.pid is None


def test_failed_preparation_leaves_the_directory_free(server: ServerProcess) -> None:
    """An error before the launch gives the lock back."""

    def fail() -> Launch:
        raise StartError("no ports")

    with pytest.raises(StartError, match="no ports"):
        server.start(fail, timeout_s=5)

    server.start(launch(SLEEPER), timeout_s=5)
    assert server.pid is not None


def test_server_that_ignores_the_request_is_killed(
    server: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stop ends in time, and says what it had to do."""
    server.start(launch(STUBBORN, is_ready=says_serving(server)), timeout_s=5)

    server.stop(timeout_s=0.2)

    assert server.pid is None
    assert "was killed" in capsys.readouterr().out


def test_log_of_the_start_before_is_kept(server: ServerProcess) -> None:
    """What a crashed server said can still be read after the next start."""
    for word in ("first", "second"):
        program = f"print('{word}, serving', flush=True); import time; time.sleep(60)"
        server.start(launch(program, is_ready=says_serving(server)), timeout_s=5)
        server.stop(timeout_s=5)

    assert "second" in server.log_tail()
    assert "first" in (server.directory / "server.log.1").read_text()


def test_stale_record_is_never_signalled(server: ServerProcess) -> None:
    """A number that now belongs to somebody else is left alone."""
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    server.directory.mkdir(parents=True)
    record = {"pid": bystander.pid, "began": "long ago"}
    (server.directory / "process.json").write_text(json.dumps(record))

    server.stop(timeout_s=1)

    assert bystander.poll() is None
    bystander.communicate()


def test_starter_killed_leaves_no_server(tmp_path: Path) -> None:
    """SIGKILL gives the starter no chance to clean up; the watchdog does."""
    starter = subprocess.Popen(
        [sys.executable, "-c", starter_program(tmp_path, detached=False)],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"started\n"
    server = ProcessIdentity.read(tmp_path / "process.json")
    assert server is not None
    assert server.is_alive

    starter.kill()
    starter.communicate()

    wait_until(lambda: not server.is_alive)


def test_detached_server_outlives_its_starter(tmp_path: Path) -> None:
    """What `make up` started is there after `make up` has ended."""
    subprocess.run(
        [sys.executable, "-c", starter_program(tmp_path, detached=True)],
        check=True,
        capture_output=True,
        timeout=20,
        cwd=PROJECT,
    )
    server = ServerProcess(name="Server", directory=tmp_path)

    assert server.pid is not None
    server.stop(timeout_s=5)


def starter_program(directory: Path, *, detached: bool) -> str:
    """Return a program that starts a server; supervised, it then waits to be killed."""
    return textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from deploy.local.processes import Launch, ServerProcess

        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        server = ServerProcess(name="Server", directory=Path({str(directory)!r}))
        server.start(lambda: Launch(command, lambda: True), timeout_s=5, detached={detached})
        print("started", flush=True)
        time.sleep({0 if detached else 60})
    """)


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
    """Return when the condition holds; fail after `timeout_s`."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, f"still not so after {timeout_s} s"
        time.sleep(0.02)
