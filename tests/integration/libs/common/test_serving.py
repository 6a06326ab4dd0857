"""A service's process: ready, told to leave, leaving in order, or made to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

PROGRAM = """
import asyncio, os, time
from libs.common.health import Health
from libs.common.http import build_api, run, serve
from libs.common.errors import UnavailableError
from libs.common.logs import configure_logs
from libs.common.settings import ServiceSettings

configure_logs("test")

def say(what):
    print(what, flush=True)

async def main():
    mode, health = os.environ["MODE"], Health()
    app = build_api("test", health)

    @app.get("/slow")
    async def slow():
        say("request")
        await asyncio.sleep(0.5)
        say("answered")
        return "done"

    @app.get("/break")
    async def broken():
        health.fail("can't go on")

    async def on_start():
        if mode == "refused":
            raise UnavailableError("Kafka does not answer")
        if mode == "hanging":
            say("hanging")
            await asyncio.sleep(60)
        say("started")

    async def on_draining():
        say("draining")

    async def on_stop():
        say("stopping")
        if mode == "stuck":
            time.sleep(60)
        say("stopped")

    return await serve(app, ServiceSettings.load(), health,
                       on_start=on_start, on_draining=on_draining, on_stop=on_stop)

run(main())
"""
Starter = Callable[[str], "Process"]


class Process:
    """A running service and what it says."""

    def __init__(self, mode: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={
                **os.environ,
                "MODE": mode,
                "KAFKA_BOOTSTRAP_SERVERS": "unused:1",
                "MONGODB_URI": "mongodb://unused",
                "HTTP_HOST": "127.0.0.1",
                "HTTP_PORT": str(self.port),
                "SHUTDOWN_GRACE_S": "3",
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self, path: str) -> str:
        """An address of it."""
        return f"http://127.0.0.1:{self.port}{path}"

    def wait_until_live(self) -> None:
        """Within 20 s."""
        for _ in range(400):
            try:
                httpx.get(self.url("/livez"))
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("never live")

    def wait_until_ready(self) -> None:
        """Within 20 s."""
        self.wait_until_live()
        for _ in range(400):
            if httpx.get(self.url("/readyz")).status_code == 200:
                return
            time.sleep(0.05)
        raise AssertionError("never ready")

    def ended(self) -> tuple[int, list[str]]:
        """The exit code, and what it said itself, logs left out."""
        out, _ = self.child.communicate(timeout=20)
        return self.child.returncode, [line for line in out.splitlines() if line[:1] != "{"]


@pytest.fixture
def start() -> Iterator[Starter]:
    """Starts services that are gone afterwards."""
    processes: list[Process] = []

    def starter(mode: str) -> Process:
        processes.append(Process(mode))
        return processes[-1]

    yield starter
    for process in processes:
        process.child.kill()
        process.child.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_leave_it_leaves_in_order(start: Starter, number: signal.Signals) -> None:
    """Draining, then stopping, then exit code 0."""
    process = start("good")
    process.wait_until_ready()

    process.child.send_signal(number)

    assert process.ended() == (0, ["started", "draining", "stopping", "stopped"])


def test_open_request_is_answered_before_the_clients_close(start: Starter) -> None:
    """What was accepted is kept."""
    process = start("good")
    process.wait_until_ready()
    with socket.create_connection(("127.0.0.1", process.port)) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        process.child.send_signal(signal.SIGTERM)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 200")

    code, said = process.ended()

    assert code == 0
    assert said.index("answered") < said.index("stopping")


def test_failure_inside_ends_the_process_with_one(start: Starter) -> None:
    """In the same order, for its supervisor to start it anew."""
    process = start("good")
    process.wait_until_ready()

    httpx.get(process.url("/break"))

    assert process.ended() == (1, ["started", "draining", "stopping", "stopped"])


def test_stop_that_hangs_is_cut_off(start: Starter) -> None:
    """Even with a stuck event loop the process is gone after its grace period."""
    process = start("stuck")
    process.wait_until_ready()
    began = time.monotonic()

    process.child.send_signal(signal.SIGTERM)
    code, said = process.ended()

    assert (code, said[-1]) == (1, "stopping")
    assert 2 < time.monotonic() - began < 6


def test_start_that_is_refused_ends_with_one(start: Starter) -> None:
    """A dependency that is away at the start."""
    code, said = start("refused").ended()

    assert (code, said) == (1, ["draining", "stopping", "stopped"])


def test_start_that_hangs_can_be_ended_and_is_live_but_not_ready(start: Starter) -> None:
    """A long recovery looks alive to its supervisor, and obeys it."""
    process = start("hanging")
    process.wait_until_live()

    assert httpx.get(process.url("/readyz")).status_code == 503
    assert httpx.get(process.url("/slow")).status_code == 503
    process.child.send_signal(signal.SIGTERM)
    code, said = process.ended()

    assert (code, said) == (0, ["hanging", "draining", "stopping", "stopped"])


def test_large_body_is_refused_without_reading_it(start: Starter) -> None:
    """Ten megabytes are answered at once with 413."""
    process = start("good")
    process.wait_until_ready()

    answer = httpx.post(process.url("/slow"), content=b"x" * 10_000_000)

    assert answer.status_code == 413
