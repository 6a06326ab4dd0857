"""A whole replica of history on topics of its own, and what a test sends it and asks it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml
from pydantic import SecretStr

from libs.common import clock, dead_letters
from libs.common.contracts.records import LogRecord, encode_record, headers_of
from libs.common.kafka import Publisher
from libs.common.mongo import Database
from services.history.app import HistoryService
from services.history.readers import CUSTOMER_EVENTS, DECISIONS
from services.history.settings import HistorySettings
from tests.integration.eventually import POLL_INTERVAL_S

API_KEY = "sk_test"
DESK_KEY = b"acme/support"


@dataclass(kw_only=True)
class World:
    """One test's topics, database and folder."""

    kafka: str
    mongo_uri: str
    database: Database
    decisions: str
    customers: str
    publisher: Publisher
    folder: Path

    def settings(self) -> HistorySettings:
        """A replica's settings, with one integrator's key."""
        keys = self.folder / "keys.yaml"
        digest = hashlib.sha256(API_KEY.encode()).hexdigest()
        key = {"key_id": "k", "sha256": digest, "tenant_id": "acme", "roles": ["integrator"]}
        keys.write_text(yaml.safe_dump([key]))
        return HistorySettings(
            kafka_bootstrap_servers=self.kafka,
            kafka_partitions=1,
            mongodb_uri=SecretStr(self.mongo_uri),
            mongodb_database=self.database.name,
            api_keys_file=keys,
            replica_id="history-0",
        )

    @asynccontextmanager
    async def replica(self) -> AsyncIterator[HistoryService]:
        """A replica that runs, and leaves in order."""
        readers = {self.decisions: DECISIONS, self.customers: CUSTOMER_EVENTS}
        service = HistoryService(self.settings(), topic_readers=readers)
        await service.start()
        try:
            yield service
        finally:
            await service.drain()
            await service.stop()

    async def decide(self, *records: LogRecord, values: Sequence[bytes | None] = ()) -> None:
        """Publish records of the log; `values` replaces their bytes where it has any."""
        given = [*values, *[None] * (len(records) - len(values))]
        for record, value in zip(records, given, strict=True):
            await self.publisher.publish(
                self.decisions,
                key=DESK_KEY,
                value=encode_record(record) if value is None else value,
                headers=headers_of(record),
            )

    async def tell(self, *values: bytes) -> None:
        """Publish customer events."""
        for value in values:
            await self.publisher.publish(self.customers, key=b"acme/ann", value=value)

    async def entry_ids(self) -> list[str]:
        """What stands in the timeline, in its order."""
        found = self.database["history_timeline"].find({}).sort("position", 1)
        return [entry["entry_id"] async for entry in found]

    async def letters(self, topic: str) -> list[dead_letters.DeadLetter]:
        """What was put aside."""
        return [letter async for letter in dead_letters.read_all(self.kafka, topic)]

    async def until(self, claim: Callable[[], Awaitable[bool]], *, within_s: float = 20.0) -> float:
        """Seconds until the claim was true; AssertionError when it never was."""
        began_s = clock.monotonic_s()
        while not await claim():
            assert clock.monotonic_s() - began_s < within_s, await self.entry_ids()
            await asyncio.sleep(POLL_INTERVAL_S)
        return clock.monotonic_s() - began_s

    async def until_kept(self, *entry_ids: str, within_s: float = 20.0) -> float:
        """Seconds until exactly these entries stand in the timeline."""

        async def claim() -> bool:
            return sorted(await self.entry_ids()) == sorted(entry_ids)

        return await self.until(claim, within_s=within_s)


async def ask(service: HistoryService, path: str, **parameters: str) -> httpx.Response:
    """One request of the integrator's."""
    transport = httpx.ASGITransport(app=service.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://history") as client:
        headers = {"Authorization": f"Bearer {API_KEY}"}
        return await client.get(path, params=parameters, headers=headers)
