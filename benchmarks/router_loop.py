"""Figure (c): the router's partition loop beside a raw consume-produce loop on the same records.

Each round fills one partition of a new Kafka with whole conversations, copies it with the raw
client, then starts the real router process on it. Both paces are read from the broker's append
times, both processors' costs from the processes themselves.
"""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import company, event_stream, logs, machine, raw_kafka
from benchmarks.figures import Figure, Table
from benchmarks.options import Options, run_alone
from benchmarks.profiles import profiling, top_list
from deploy.local.stack import Stack
from libs.common.contracts.decisions import EventRefused
from libs.common.contracts.records import DecisionRecord, decode_record
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS, routing_key
from libs.common.kafka_records import Record

AIM = 0.5
AGENTS = 20
CONVERSATIONS, CONVERSATIONS_QUICK = 3_000, 100
ROUNDS, ROUNDS_QUICK = 3, 1
DECIDE_TIMEOUT_S = 300.0
_KEY = routing_key(company.TENANT, company.DESK)
_POLL_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: paces in records per second, costs in microseconds of a processor per record."""

    events: int
    raw_pace: float
    raw_cost_us: float
    router_pace: float
    router_cost_us: float
    record_bytes: float


def measure(options: Options) -> Figure:
    """Run all rounds; the figure is the median of their shares."""
    conversations = CONVERSATIONS_QUICK if options.is_quick else CONVERSATIONS
    rounds = [_round(conversations) for _ in range(ROUNDS_QUICK if options.is_quick else ROUNDS)]
    share = statistics.median(one.router_pace / one.raw_pace for one in rounds)
    notes: tuple[str, ...] = ()
    if not options.is_quick:
        notes = (_profile(conversations),)
    return Figure(
        letter="c",
        title="The router's loop",
        aim=f"at least {AIM} of a raw consume-produce loop",
        said=f"**{share:.2f} of the raw loop** (median of {len(rounds)})",
        is_met=share >= AIM,
        workload=(
            f"{rounds[0].events} events of {conversations} whole conversations in one partition:"
            " opened, accepted, continued, answered, delivered, continued, closed;"
            f" {event_stream.AT_ONCE} at a time, {AGENTS} agents. The raw loop copies the same"
            f" records, without looking inside; the router's are {rounds[0].record_bytes:.0f} bytes"
            " on average. Saves to MongoDB go on meanwhile."
        ),
        tables=(_table(rounds),),
        notes=notes,
    )


def _round(conversations: int) -> Round:
    with company.fresh_stack(services=()) as stack:
        servers = stack.servers.bootstrap_servers
        events = asyncio.run(_fill(servers, conversations))
        raw_cost_s, raw = asyncio.run(_raw(servers, events))
        cost_s = asyncio.run(decide(stack, events))
        decided = asyncio.run(_decided(servers))
        _check(decided)
        return Round(
            events=events,
            raw_pace=logs.pace(raw),
            raw_cost_us=raw_cost_s / events * 1e6,
            router_pace=logs.pace(decided),
            router_cost_us=cost_s * 1e6,
            record_bytes=statistics.fmean(len(record.value or b"") for record in decided),
        )


async def _fill(servers: str, conversations: int) -> int:
    stream = [
        *event_stream.beginning(AGENTS),
        *event_stream.conversations(conversations, agents=AGENTS),
    ]
    await raw_kafka.make_topics(servers, partitions=company.PARTITIONS)
    await raw_kafka.fill(
        servers, ROUTING_EVENTS, company.PARTITION, [(_KEY, one.value) for one in stream]
    )
    return len(stream)


async def _raw(servers: str, events: int) -> tuple[float, list[Record]]:
    cost_s = await raw_kafka.run_copy(
        servers, source=ROUTING_EVENTS, partition=company.PARTITION, records=events
    )
    copied = await logs.read_new(servers, raw_kafka.FIRST, company.PARTITION, start=0)
    return cost_s, copied


async def decide(stack: Stack, events: int, *, launcher: Sequence[str] | None = None) -> float:
    """Start a router and let it decide everything; returns processor seconds per event.

    Raises TimeoutError.
    """
    router = stack.add_replica("router")
    starting = asyncio.create_task(asyncio.to_thread(router.start, launcher=launcher))
    seen: list[tuple[int, float]] = []
    async with logs.watching(stack.servers.bootstrap_servers, ROUTING_DECISIONS) as end_of:
        async with asyncio.timeout(DECIDE_TIMEOUT_S):
            # One record more than events: the epoch's start.
            while not seen or seen[-1][0] < events + 1:
                decided = await end_of(company.PARTITION)
                if decided > 1 and router.pid is not None:
                    seen.append((decided, machine.cpu_s(router.pid)))
                await asyncio.sleep(_POLL_S)
    await starting
    (first, before_s), (last, after_s) = seen[0], seen[-1]
    return (after_s - before_s) / max(1, last - first)


async def _decided(servers: str) -> list[Record]:
    """The records of events; the first record is the epoch's start."""
    records = await logs.read_new(servers, ROUTING_DECISIONS, company.PARTITION, start=1)
    return [record for record in records if dict(record.headers)["kind"] == b"decisions"]


def _check(decided: Sequence[Record]) -> None:
    """A refused event costs less than a real one: a figure with refusals would be a lie."""
    for record in decided:
        read = decode_record(record.value)
        if not isinstance(read, DecisionRecord):
            raise TypeError("not a decision record")
        refused = [one.reason for one in read.decisions if isinstance(one, EventRefused)]
        if refused:
            raise RuntimeError(f"the router refused an event of the benchmark: {refused[0]}")


def _table(rounds: Sequence[Round]) -> Table:
    rows = [
        (
            str(number),
            f"{one.router_pace:.0f}",
            f"{one.raw_pace:.0f}",
            f"{one.router_pace / one.raw_pace:.2f}",
            f"{one.router_cost_us:.0f}",
            f"{one.raw_cost_us:.0f}",
        )
        for number, one in enumerate(rounds, start=1)
    ]
    columns = ("round", "router/s", "raw/s", "share", "router CPU us", "raw CPU us")
    return Table(
        title="Events per second, and a processor's time per event",
        columns=columns,
        rows=tuple(rows),
    )


def _profile(conversations: int) -> str:
    """Where the router's processor time goes, in a run of its own."""
    with company.fresh_stack(services=()) as stack:
        events = asyncio.run(_fill(stack.servers.bootstrap_servers, conversations))
        with profiling("router", stack.directory) as launcher:
            asyncio.run(decide(stack, events, launcher=launcher))
            stack["router"].stop()
        return top_list("router", stack.directory)


if __name__ == "__main__":
    run_alone(measure)
