"""Kafka and MongoDB together: the user's own where the environment names them, else local ones."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from deploy.local.folders import cache_dir, instance_dir
from deploy.local.kafka import KafkaServer
from deploy.local.mongodb import MongoServer

KAFKA_VARIABLE = "KAFKA_BOOTSTRAP_SERVERS"
MONGODB_VARIABLE = "MONGODB_URI"
DEFAULT_INSTANCE = "default"


class LocalServers:
    """The two servers of one instance; as a context manager, up inside the block and gone after it.

    `kafka` or `mongodb` is None where `KAFKA_BOOTSTRAP_SERVERS` or `MONGODB_URI` names a server of
    the user's own: that one is never started, stopped or checked.
    """

    def __init__(
        self, instance: str = DEFAULT_INSTANCE, *, environment: Mapping[str, str] = os.environ
    ) -> None:
        directory = instance_dir(instance, environment)
        cache = cache_dir(environment)
        self.instance = instance
        self._own_kafka = environment.get(KAFKA_VARIABLE, "")
        self._own_mongodb = environment.get(MONGODB_VARIABLE, "")
        self.kafka = None if self._own_kafka else KafkaServer(directory / "kafka", cache=cache)
        self.mongodb = (
            None if self._own_mongodb else MongoServer(directory / "mongodb", cache=cache)
        )

    @property
    def bootstrap_servers(self) -> str:
        """Kafka's address, `host:port`; raises NotStartedError before the first start."""
        return self.kafka.bootstrap_servers if self.kafka else self._own_kafka

    @property
    def mongodb_uri(self) -> str:
        """MongoDB's address; raises NotStartedError before the first start."""
        return self.mongodb.uri if self.mongodb else self._own_mongodb

    @property
    def environment(self) -> dict[str, str]:
        """The two variables that point a service, or a child process, at these servers."""
        return {KAFKA_VARIABLE: self.bootstrap_servers, MONGODB_VARIABLE: self.mongodb_uri}

    @property
    def parts(self) -> tuple[KafkaServer | MongoServer, ...]:
        """The servers that are ours to start and stop."""
        return tuple(server for server in (self.kafka, self.mongodb) if server)

    @property
    def is_running(self) -> bool:
        """Tell whether every server of ours runs, whoever started it."""
        return all(server.is_running for server in self.parts)

    def install(self) -> None:
        """Make everything present that a start needs; raises InstallError."""
        for server in self.parts:
            server.install()

    def start(self, *, detached: bool = False) -> None:
        """Install what is missing and start both at the same time; all or none.

        Raises InstallError, AlreadyRunningError or StartError, with nothing of ours left running.
        """
        with ThreadPoolExecutor(max_workers=2) as pool:
            starts = {server: pool.submit(server.start, detached=detached) for server in self.parts}
        failures = [error for start in starts.values() if (error := start.exception())]
        if failures:
            for server, start in starts.items():
                if start.exception() is None:
                    server.stop()
            raise failures[0]

    def stop(self) -> None:
        """Stop both, whoever started them; nothing when they are not up."""
        for server in self.parts:
            server.stop()

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
