"""One replica of a service as a child process: started, watched until ready, killed, restarted."""

import http.client
import os
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from deploy.local.ports import LOOPBACK, claim_ports, read_ports
from deploy.local.processes import Launch, ServerProcess

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 25.0
LOGS_KEPT = 20

_PROBE_TIMEOUT_S = 3.0
_REPOSITORY = Path(__file__).parents[3]


class LocalService:
    """One replica; its port and its logs stay in `directory` through every stop, kill and start.

    `variables` are its environment beside the starter's own; `HTTP_PORT` is chosen here.
    """

    def __init__(
        self, replica_id: str, *, service: str, directory: Path, variables: Mapping[str, str]
    ) -> None:
        self.replica_id = replica_id
        self.service = service
        self.directory = directory
        self._variables = dict(variables)
        self._process = ServerProcess(name=replica_id, directory=directory, logs_kept=LOGS_KEPT)
        self._ports_file = directory / "ports.json"

    def claim_port(self) -> int:
        """Choose the replica's port, or take its old one; a later start uses it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        return claim_ports(self._ports_file, names=("http",))["http"]

    @property
    def port(self) -> int:
        """The HTTP port; KeyError before it was claimed."""
        return read_ports(self._ports_file)["http"]

    @property
    def url(self) -> str:
        """The address of its HTTP API, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The number of its process; None when it does not run."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Tell whether its process lives, whoever started it."""
        return self.pid is not None

    @property
    def is_ready(self) -> bool:
        """Tell whether it says so itself, on `/readyz`."""
        return self.is_running and _answers_ready(self.port)

    @property
    def log_path(self) -> Path:
        """What it says, since its last start."""
        return self._process.log_path

    @property
    def log_paths(self) -> Sequence[Path]:
        """What it said, since its first start: every log that is kept, youngest first."""
        return sorted(self.directory.glob("server.log*"))

    def start(
        self,
        *,
        timeout_s: float = START_TIMEOUT_S,
        detached: bool = False,
        launcher: Sequence[str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Start it and return when it is ready.

        `launcher` replaces `-m services.<name>` as Python's arguments, and `variables` are added
        to its environment, both for this start alone. Raises AlreadyRunningError,
        or StartError with the end of its log; then nothing of it is left running.
        """
        arguments = launcher or ("-m", f"services.{self.service}")

        def prepare() -> Launch:
            port = self.claim_port()
            return Launch(
                command=(sys.executable, *arguments),
                is_ready=lambda: _answers_ready(port),
                environment={**self._environment(port), **(variables or {})},
            )

        self._process.start(prepare, timeout_s=timeout_s, detached=detached)

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """End it by SIGTERM, in good order, and by SIGKILL after `timeout_s`."""
        self._process.stop(timeout_s=timeout_s)

    def kill(self) -> None:
        """End it by SIGKILL, as a crash would."""
        self._process.kill()

    def restart(self) -> None:
        """Stop it in good order, if it runs, and start it again."""
        self.stop()
        self.start()

    def _environment(self, port: int) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(_REPOSITORY),
            # A crash must not take the last lines of the log with it.
            "PYTHONUNBUFFERED": "1",
            **self._variables,
            "HTTP_PORT": str(port),
        }


def _answers_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_PROBE_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
