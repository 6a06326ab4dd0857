"""Looks at what the running platform has decided, put aside and remembered, with a deadline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from libs.common.contracts.records import DecisionRecord, decode_record, read_headers
from libs.common.contracts.terms import Role
from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.dead_letters import DeadLetter, read_all
from libs.common.kafka import Publisher
from libs.common.kafka_tail import end_offsets, tail
from tests.e2e.running import Running

# What the platform promises: a poison record holds its partition up for no longer.
GOES_ON_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.1

T = TypeVar("T")


def bearer(
    running: Running, tenant_id: str, *, role: Role, desk_id: str, subject: str = "tester"
) -> dict[str, str]:
    """The headers of somebody with this role on this desk."""
    token = running.stack.issuer.mint(
        tenant_id=tenant_id, subject=subject, roles=[role], desks=[desk_id]
    )
    return {"authorization": f"Bearer {token}"}


async def within(
    look: Callable[[], Awaitable[T | None]], *, timeout_s: float = GOES_ON_WITHIN_S
) -> T:
    """What `look` finds, asked again until it finds something. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while (found := await look()) is None:  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(_LOOK_EVERY_S)
        return found


@asynccontextmanager
async def publishing(bootstrap_servers: str) -> AsyncIterator[Publisher]:
    """A publisher inside the block, as anybody with access to the broker could run one."""
    publisher = Publisher(bootstrap_servers)
    await publisher.start()
    try:
        yield publisher
    finally:
        await publisher.stop()


async def letters_of(bootstrap_servers: str, topic: str) -> dict[str, DeadLetter]:
    """The topic's open dead letters by their origins."""
    return {letter.origin: letter async for letter in read_all(bootstrap_servers, topic)}


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decision log from one moment on."""

    bootstrap_servers: str
    offsets: dict[int, int]

    @classmethod
    async def from_now(cls, bootstrap_servers: str, *, partitions: int) -> "Decisions":
        """What will be decided from now on."""
        ends = await end_offsets(bootstrap_servers, ROUTING_DECISIONS, partitions=partitions)
        return cls(bootstrap_servers, ends)

    async def about(self, event_id: str) -> DecisionRecord:
        """The record of this event. Raises TimeoutError when it takes too long."""
        batches = tail(self.bootstrap_servers, ROUTING_DECISIONS, offsets=self.offsets)
        async with asyncio.timeout(GOES_ON_WITHIN_S), aclosing(batches):
            async for batch in batches:
                for raw in batch.records:
                    if read_headers(raw.headers) is None:
                        continue  # One of our own foreign records.
                    record = decode_record(raw.value)
                    if isinstance(record, DecisionRecord) and record.event_id == event_id:
                        return record
        raise AssertionError("a tail never ends by itself")


async def timeline_of(
    history: httpx.AsyncClient, *, family: str, address: str
) -> list[dict[str, Any]] | None:
    """The customer's timeline, newest first; None while nobody knows the address."""
    found = await history.get("/v1/customers", params={"family": family, "address": address})
    if found.status_code == httpx.codes.NOT_FOUND:
        return None
    page = await history.get(f"/v1/customers/{found.json()['customer_id']}/timeline")
    entries: list[dict[str, Any]] = page.json()["entries"]
    return entries
