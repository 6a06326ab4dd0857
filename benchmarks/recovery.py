"""Figure (e): how long a desk stands still when its router is killed: restarted, and taken over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from benchmarks import company, event_stream, logs, raw_kafka
from benchmarks.figures import Figure, Table
from benchmarks.options import Options, run_alone
from deploy.local.stack import LocalService, Stack
from libs.common import clock
from libs.common.contracts.records import EpochStarted, decode_record
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS, routing_key
from libs.common.kafka_consumer import SESSION_TIMEOUT_MS
from libs.common.kafka_records import Record

AGENTS = 20
# What is open when the router dies: this is what its successor has to load.
OPEN, OPEN_QUICK = 20_000, 500
SAVED_WAIT_S = 5.0
RATE_PER_S = 50
BEFORE_S = 3.0
RESUMED_TIMEOUT_S = 240.0
DECIDED_TIMEOUT_S = 300.0
_KEY = routing_key(company.TENANT, company.DESK)
_POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One death: milliseconds from the kill to the successor's epoch, and to its first decision."""

    how: str
    epoch_ms: int
    decided_ms: int
    open_conversations: int


def measure(options: Options) -> Figure:
    """A kill with a restart at once, then a kill with a second replica waiting; raw beside."""
    with company.fresh_stack(services=()) as stack:
        gaps = asyncio.run(_play(stack, options))
        raw_ms = asyncio.run(_raw_start_ms(stack))
    restarted, taken_over = gaps
    return Figure(
        letter="e",
        title="Recovery of a router after kill -9",
        aim="none set",
        said=(
            f"**restarted at once: {restarted.decided_ms / 1000:.1f} s; taken over by another"
            f" replica: {taken_over.decided_ms / 1000:.1f} s**"
        ),
        is_met=None,
        workload=(
            f"{restarted.open_conversations} open conversations, saved; {RATE_PER_S} events a"
            " second go on meanwhile. From the kill to the first decision of the successor, by the"
            f" broker's append times. A take-over waits for the group's session,"
            f" {SESSION_TIMEOUT_MS // 1000} s; a restarted static member does not."
        ),
        tables=(_table(gaps, raw_ms),),
    )


async def _play(stack: Stack, options: Options) -> list[Gap]:
    servers = stack.servers.bootstrap_servers
    number = OPEN_QUICK if options.is_quick else OPEN
    stream = [*event_stream.beginning(AGENTS), *event_stream.openings(number, agents=AGENTS)]
    await raw_kafka.fill(
        servers, ROUTING_EVENTS, company.PARTITION, [(_KEY, one.value) for one in stream]
    )
    first, second = stack.add_replica("router"), stack.add_replica("router")
    await asyncio.to_thread(first.start)
    await decided(servers, events=len(stream))
    await asyncio.sleep(SAVED_WAIT_S)
    gaps = []
    async with flowing(servers):
        restarted = await death(servers, first, successor=first)
        gaps.append(gap_of("restarted at once", *restarted, number))
        await asyncio.to_thread(second.start)
        owner, other = await _owner_first(servers, first, second)
        taken = await death(servers, owner, successor=None)
        gaps.append(gap_of("taken over by another replica", *taken, number))
        del other
    return gaps


async def death(
    servers: str, victim: LocalService, *, successor: LocalService | None
) -> tuple[int, list[Record]]:
    """Kill it while events flow; returns when (ms since the epoch) and what was decided since."""
    await asyncio.sleep(BEFORE_S)
    start = await logs.end_of(servers, ROUTING_DECISIONS, company.PARTITION)
    killed_ms = clock.now_ms()
    await asyncio.to_thread(victim.kill)
    starting = asyncio.create_task(asyncio.to_thread(successor.start)) if successor else None
    found: list[Record] = []
    async with asyncio.timeout(RESUMED_TIMEOUT_S):
        while not _decisions_of_successor(found):
            await asyncio.sleep(_POLL_S)
            found = await logs.read_new(servers, ROUTING_DECISIONS, company.PARTITION, start=start)
    if starting is not None:
        await starting
    return killed_ms, found


def _decisions_of_successor(records: Sequence[Record]) -> list[Record]:
    """The records behind the last epoch's start among these; empty without one."""
    starts = [place for place, one in enumerate(records) if _kind(one) == b"epoch"]
    return list(records[starts[-1] + 1 :]) if starts else []


def gap_of(how: str, killed_ms: int, records: Sequence[Record], number: int) -> Gap:
    """What stands in the log after a death."""
    decided = _decisions_of_successor(records)[0]
    epoch = next(one for one in reversed(records) if _kind(one) == b"epoch")
    return Gap(
        how=how,
        epoch_ms=epoch.timestamp_ms - killed_ms,
        decided_ms=decided.timestamp_ms - killed_ms,
        open_conversations=number,
    )


async def _owner_first(
    servers: str, one: LocalService, other: LocalService
) -> tuple[LocalService, LocalService]:
    """The two with the desk's present owner first, by the last epoch's start in the log."""
    records = await logs.read_new(servers, ROUTING_DECISIONS, company.PARTITION, start=0)
    last = next(record for record in reversed(records) if _kind(record) == b"epoch")
    started = decode_record(last.value)
    is_others = isinstance(started, EpochStarted) and started.owner == other.replica_id
    return (other, one) if is_others else (one, other)


async def decided(servers: str, *, events: int, timeout_s: float = DECIDED_TIMEOUT_S) -> None:
    """Wait until the router has decided so many events."""
    async with logs.watching(servers, ROUTING_DECISIONS) as end_of:
        async with asyncio.timeout(timeout_s):
            while await end_of(company.PARTITION) < events:  # noqa: ASYNC110 - Kafka has no event for it
                await asyncio.sleep(_POLL_S)


@contextlib.asynccontextmanager
async def flowing(servers: str) -> AsyncIterator[None]:
    """Customers go on writing inside the block."""
    flowing = asyncio.create_task(_flow(servers))
    try:
        yield
    finally:
        flowing.cancel()
        await asyncio.gather(flowing, return_exceptions=True)


async def _flow(servers: str) -> None:
    further = event_stream.further(agents=AGENTS)
    async with raw_kafka.producing(servers) as producer:
        for event in further:
            await producer.send(ROUTING_EVENTS, event.value, _KEY, company.PARTITION)
            await asyncio.sleep(1 / RATE_PER_S)


async def _raw_start_ms(stack: Stack) -> int:
    """What a process with the raw client alone needs from its start to its first record."""
    await raw_kafka.make_topics(stack.servers.bootstrap_servers, partitions=company.PARTITIONS)
    began_ms = clock.now_ms()
    await raw_kafka.run_copy(
        stack.servers.bootstrap_servers,
        source=ROUTING_EVENTS,
        partition=company.PARTITION,
        records=1,
    )
    return clock.now_ms() - began_ms


def _kind(record: Record) -> bytes:
    return dict(record.headers).get("kind", b"")


def _table(gaps: Sequence[Gap], raw_ms: int) -> Table:
    rows = [
        (
            gap.how,
            f"{gap.epoch_ms}",
            f"{gap.decided_ms - gap.epoch_ms}",
            f"{gap.decided_ms}",
        )
        for gap in gaps
    ]
    rows.append(("raw client: process start to its first record copied", "", "", f"{raw_ms}"))
    return Table(
        title="Milliseconds after the kill",
        columns=("how", "to the successor's epoch", "load, fold, first decision", "altogether"),
        rows=tuple(rows),
    )


if __name__ == "__main__":
    run_alone(measure)
