"""A replica as a child process: ready, killed, restarted on its port, its logs kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.errors import StartError
from deploy.local.stack.service import LocalService

# The smallest service there is: it says who it is and answers that it is ready.
TINY = (
    "-c",
    """
import http.server, os
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
print("I am", os.environ["REPLICA_ID"], os.environ.get("MOOD", "calm"))
http.server.HTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Ready).serve_forever()
""",
)


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[LocalService]:
    """A replica of the tiny service, gone afterwards."""
    service = LocalService(
        "tiny-0", service="tiny", directory=tmp_path / "tiny-0", variables={"REPLICA_ID": "tiny-0"}
    )
    yield service
    service.kill()


def test_a_start_returns_when_the_replica_is_ready(replica: LocalService) -> None:
    """It runs in its own environment and answers on its own port."""
    replica.start(launcher=TINY, variables={"MOOD": "brave"})

    assert replica.is_ready
    assert replica.url == f"http://127.0.0.1:{replica.port}"
    assert replica.log_path.read_text().startswith("I am tiny-0 brave")


def test_a_killed_replica_comes_back_on_its_port(replica: LocalService) -> None:
    """After SIGKILL nothing runs; the next start has the old address and keeps the old log."""
    replica.start(launcher=TINY)
    port = replica.port

    replica.kill()
    was_running = replica.is_running
    replica.start(launcher=TINY)

    assert not was_running
    assert replica.port == port
    assert len(replica.log_paths) == 2


def test_a_replica_that_ends_at_once_shows_its_log(replica: LocalService) -> None:
    """The error tells what the process said, and nothing is left running."""
    with pytest.raises(StartError, match="no such thing"):
        replica.start(launcher=("-c", "raise SystemExit('no such thing')"))

    assert not replica.is_running
