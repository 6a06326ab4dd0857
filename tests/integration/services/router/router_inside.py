"""A router inside the test's process, so that its live state can be looked at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.common import mongo
from libs.common.contracts.topics import ROUTING_EVENTS
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer
from services.router.collector import PlannedCollector
from services.router.core.engine import Engine
from services.router.core.ownership_limits import Limits
from services.router.dead_letters import DeadLetterSender
from services.router.partitions import Partitions, takeover_factory
from services.router.saves import SaveStore
from services.router.takeover import Surroundings

LIMITS = Limits(save_every_ms=300, save_every_records=500)


class RouterInside:
    """The shell with the real parts, but for the check of the topics' settings."""

    def __init__(self, bootstrap_servers: str, database: mongo.Database) -> None:
        self._publisher = Publisher(bootstrap_servers)
        self.failures: list[str] = []
        self.partitions = Partitions(
            new_takeover=takeover_factory(owner="inside", limits=LIMITS),
            surroundings=Surroundings(
                bootstrap_servers=bootstrap_servers,
                events=LogConsumer(bootstrap_servers, ROUTING_EVENTS, group_id="router"),
                publisher=self._publisher,
                saves=SaveStore(database),
                dead_letters=DeadLetterSender(bootstrap_servers, self._publisher),
                collector=PlannedCollector(),
            ),
            on_failure=self.failures.append,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Own all partitions inside this block."""
        await self._publisher.start()
        await self.partitions.start()
        try:
            yield
        finally:
            await self.partitions.stop()
            await self._publisher.stop()

    @property
    def engine(self) -> Engine:
        """The live state of the one partition."""
        (owner,) = self.partitions._owners
        assert owner._runner is not None
        tenure = owner._runner._machine.tenure
        assert tenure is not None
        engine = tenure._engine
        assert isinstance(engine, Engine)
        return engine

    @property
    def is_waiting_for_a_person(self) -> bool:
        """Whether the partition was stopped for good."""
        return any(owner.is_waiting_for_a_person for owner in self.partitions._owners)
