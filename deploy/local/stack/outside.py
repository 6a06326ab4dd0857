"""The simulated providers as a process beside a stack that somebody leaves running."""

import http.client
import os
import sys
from http import HTTPStatus
from pathlib import Path

from deploy.local.ports import LOOPBACK, claim_ports, read_ports
from deploy.local.processes import Launch, ServerProcess

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0

_PROBE_TIMEOUT_S = 1.0
_REPOSITORY = Path(__file__).parents[3]


class OutsideProcess:
    """Telegram's API, a mail server and a webhook's subscriber; they note what reaches them."""

    def __init__(self, directory: Path, *, webhook_secrets: tuple[str, ...] = ()) -> None:
        self.directory = directory
        self._secrets = webhook_secrets
        self._process = ServerProcess(name="providers", directory=directory)
        self._ports_file = directory / "ports.json"

    @property
    def is_running(self) -> bool:
        """Tell whether the process lives, whoever started it."""
        return self._process.pid is not None

    @property
    def received_path(self) -> Path:
        """What reached the providers, one JSON object per line."""
        return self.directory / "providers.jsonl"

    def claim_ports(self) -> dict[str, int]:
        """The ports `http` and `smtp`: those it runs on, else free ones."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.is_running:
            return read_ports(self._ports_file)
        return claim_ports(self._ports_file, names=("http", "smtp"))

    def start(self) -> None:
        """Start it, detached. Raises AlreadyRunningError or StartError."""
        ports = self.claim_ports()
        environment = {
            **os.environ,
            "PYTHONPATH": str(_REPOSITORY),
            "PROVIDERS_FOLDER": str(self.directory),
            "WEBHOOK_SECRETS": " ".join(self._secrets),
            "HTTP_PORT": str(ports["http"]),
            "SMTP_PORT": str(ports["smtp"]),
        }
        command = (sys.executable, "-m", "deploy.local.simulated")
        launch = Launch(command, lambda: _answers(ports["http"]), environment)
        self._process.start(lambda: launch, timeout_s=START_TIMEOUT_S, detached=True)

    def stop(self) -> None:
        """End it; nothing when it does not run."""
        self._process.stop(timeout_s=STOP_TIMEOUT_S)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_PROBE_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
