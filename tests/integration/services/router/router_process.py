"""A router as it runs in production: its own process, told by signals."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

REPOSITORY = Path(__file__).parents[4]
END_TIMEOUT_S = 30.0


class RouterProcess:
    """One replica."""

    def __init__(
        self, replica_id: str, *, log: Path, environment: dict[str, str], http_port: int = 0
    ) -> None:
        self._log = log
        self.url = f"http://127.0.0.1:{http_port}"
        self._environment = {
            **os.environ,
            **environment,
            "REPLICA_ID": replica_id,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(http_port),
        }
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it; it joins the group by itself."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.router",
                cwd=REPOSITORY,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def send(self, sign: signal.Signals) -> None:
        """Freeze it, wake it, end it or kill it."""
        assert self._process is not None
        self._process.send_signal(sign)

    async def ended(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        async with asyncio.timeout(END_TIMEOUT_S):
            return await self._process.wait()

    async def stop(self) -> int:
        """End it in order."""
        self.send(signal.SIGTERM)
        return await self.ended()

    async def abandon(self) -> None:
        """Make sure that it is gone, whatever the test did."""
        if self._process is not None and self._process.returncode is None:
            self.send(signal.SIGKILL)
            await self.ended()

    def said(self, words: str) -> int:
        """How often its log has these words."""
        return self._log.read_text(errors="replace").count(words)
