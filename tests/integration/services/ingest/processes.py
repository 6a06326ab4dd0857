"""Real ingest processes, each with files and a port of its own."""

import base64
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import orjson

from tests.unit.services.ingest.front_door import ENDPOINTS, KEY

# On a machine that is busy with other tests Python alone takes seconds to start.
START_TIMEOUT_S = 40
Starter = Callable[..., "Process"]


class Process:
    """`python -m services.ingest` with files and a port of its own."""

    def __init__(
        self,
        kafka: str,
        folder: Path,
        *,
        partitions: int,
        endpoints: str = ENDPOINTS,
        **variables: str,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        key = base64.urlsafe_b64encode(KEY).rstrip(b"=").decode()
        (folder / "jwks.json").write_bytes(
            orjson.dumps({"keys": [{"kty": "oct", "k": key, "alg": "HS256", "kid": "test"}]})
        )
        (folder / "endpoints.yaml").write_text(endpoints)
        self.url = f"http://127.0.0.1:{port}"
        self._log = (folder / "log").open("wb")
        self.child = subprocess.Popen(
            [sys.executable, "-m", "services.ingest"],
            env={
                **os.environ,
                "KAFKA_BOOTSTRAP_SERVERS": kafka,
                "KAFKA_PARTITIONS": str(partitions),
                "HTTP_HOST": "127.0.0.1",
                "HTTP_PORT": str(port),
                "ENDPOINTS_FILE": str(folder / "endpoints.yaml"),
                "JWT_KEYS_FILE": str(folder / "jwks.json"),
                "REPLICA_ID": f"ingest-{port}",
                **variables,
            },
            stdout=self._log,
        )

    @property
    def is_ready(self) -> bool:
        """Whether it takes requests."""
        try:
            return httpx.get(f"{self.url}/readyz").is_success
        except httpx.TransportError:
            return False

    @property
    def said(self) -> str:
        """All that it logged."""
        return Path(self._log.name).read_text()

    def end(self) -> None:
        """Whatever happened, nothing stays behind."""
        self.child.kill()
        self.child.wait()
        self._log.close()
