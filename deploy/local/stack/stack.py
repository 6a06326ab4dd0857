"""The two servers and the four services of one instance, up and down as one."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from deploy.local.errors import StartError
from deploy.local.folders import instance_dir
from deploy.local.ports import LOOPBACK
from deploy.local.servers import DEFAULT_INSTANCE, LocalServers
from deploy.local.stack.configuration import ConfigurationFiles, StackConfiguration
from deploy.local.stack.service import LocalService
from deploy.local.tokens import LocalIssuer

T = TypeVar("T")
SERVICES = ("ingest", "router", "notifier", "history")

_PREPARE_TIMEOUT_S = 60.0
_REPOSITORY = Path(__file__).parents[3]


class Stack:
    """One instance of the platform; as a context manager, up inside the block, gone after it.

    What runs already is left running by `start`; of the servers, `stop` stops only those that this
    stack started. `issuer` signs tokens that the services accept.
    """

    def __init__(
        self,
        configuration: StackConfiguration,
        *,
        instance: str = DEFAULT_INSTANCE,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.configuration = configuration
        self.directory = instance_dir(instance, environment)
        self.servers = LocalServers(instance, environment=environment)
        self.files = ConfigurationFiles(self.directory / "config")
        self.issuer = LocalIssuer(self.files.directory)
        self.services: dict[str, LocalService] = {}
        self._started_servers: list[Callable[[], None]] = []

    def __getitem__(self, service: str) -> LocalService:
        """The service's first replica, by the service's name."""
        return self.services[f"{service}-0"]

    def url(self, service: str) -> str:
        """The address of the service's HTTP API."""
        return self[service].url

    def websocket_url(self, service: str) -> str:
        """The same for WebSockets."""
        return f"ws://{LOOPBACK}:{self[service].port}"

    def start(self, *, services: Sequence[str] = SERVICES, detached: bool = False) -> None:
        """Start the servers, make the topics, start the services; return when all are ready.

        Raises InstallError, AlreadyRunningError or StartError, with nothing of ours left running.
        """
        try:
            self._start_servers(detached=detached)
            self.files.write(self.configuration)
            self._prepare()
            replicas = [self.add_replica(service) for service in services]
            missing = [replica for replica in replicas if not replica.is_running]
            in_parallel(missing, lambda replica: replica.start(detached=detached))
        except BaseException:
            self.stop()
            raise

    def add_replica(self, service: str) -> LocalService:
        """One more replica of a service, with its port chosen and not started; the servers must
        have been started.
        """
        number = sum(replica.service == service for replica in self.services.values())
        replica_id = f"{service}-{number}"
        replica = LocalService(
            replica_id,
            service=service,
            directory=self.directory / "services" / replica_id,
            variables=self._variables(service, replica_id),
        )
        replica.claim_port()
        self.services[replica_id] = replica
        return replica

    def adopt(self) -> None:
        """Take over every replica that an earlier start of this instance left in its folder."""
        for directory in sorted((self.directory / "services").glob("*-*")):
            service = directory.name.rpartition("-")[0]
            if service in SERVICES:
                self.services[directory.name] = LocalService(
                    directory.name, service=service, directory=directory, variables={}
                )

    def stop(self) -> None:
        """Stop every service in good order, then the servers that this stack started."""
        in_parallel(list(self.services.values()), lambda replica: replica.stop())
        self.services.clear()
        while self._started_servers:
            self._started_servers.pop()()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_servers(self, *, detached: bool) -> None:
        missing = [server for server in self.servers.parts if not server.is_running]
        self._started_servers += [server.stop for server in missing]
        in_parallel(missing, lambda server: server.start(detached=detached))

    def _prepare(self) -> None:
        """Make the topics as a deployment does."""
        made = subprocess.run(
            [sys.executable, "-m", "libs.common.prepare"],
            env={
                **os.environ,
                "PYTHONPATH": str(_REPOSITORY),
                **self.servers.environment,
                "KAFKA_PARTITIONS": str(self.configuration.partitions),
            },
            capture_output=True,
            text=True,
            timeout=_PREPARE_TIMEOUT_S,
            check=False,
        )
        if made.returncode:
            raise StartError(f"the topics could not be made:\n{made.stdout}{made.stderr}")

    def _variables(self, service: str, replica_id: str) -> dict[str, str]:
        shared = {
            **self.servers.environment,
            "KAFKA_PARTITIONS": str(self.configuration.partitions),
            "MONGODB_DATABASE": self.configuration.mongodb_database,
            "HTTP_HOST": LOOPBACK,
            "REPLICA_ID": replica_id,
            "JWT_KEYS_FILE": str(self.issuer.keys_path),
            "API_KEYS_FILE": str(self.files.api_keys),
            "ENDPOINTS_FILE": str(self.files.endpoints),
            "WEBHOOKS_FILE": str(self.files.webhooks),
            # The simulated providers speak plain HTTP on loopback.
            "ALLOW_PLAIN_HTTP_TARGETS": "true",
        }
        return {**shared, **self.configuration.variables.get(service, {})}


def in_parallel(things: Sequence[T], act: Callable[[T], object]) -> None:
    """Do it to all at the same time; raises the first error after all have ended."""
    if not things:
        return
    with ThreadPoolExecutor(max_workers=len(things)) as pool:
        outcomes = [pool.submit(act, thing) for thing in things]
    for outcome in outcomes:
        outcome.result()
