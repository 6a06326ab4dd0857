"""Figure (b): how many messages a second go all the way, so many under way at any time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import uvloop

from benchmarks import company, logs, machine, raw_kafka
from benchmarks.crowd import Crowd, Message
from benchmarks.figures import SPREAD_COLUMNS, Figure, Table, spread
from benchmarks.options import Options, run_alone
from deploy.local.stack import Stack
from libs.common import clock, mongo
from libs.common.contracts.topics import ROUTING_DECISIONS
from services.history.documents import POSITIONS, position_key

IN_FLIGHT = 64
MESSAGES, MESSAGES_QUICK = 10_000, 300
AGENTS, AGENTS_QUICK = 40, 5
OPEN_BEFORE, OPEN_BEFORE_QUICK = 500, 50
OPENING_EVERY = 10
REMEMBERED_TIMEOUT_S = 120.0
_POLL_S = 0.05
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Seconds until all were heard and remembered; the raw client's seconds for the same number."""

    messages: Sequence[Message]
    heard_s: float
    remembered_s: float
    raw_s: float
    load: str

    @property
    def per_second(self) -> float:
        """Messages a second, the memory's lag included."""
        return len(self.messages) / self.remembered_s

    @property
    def raw_per_second(self) -> float:
        """The same of the raw client."""
        return len(self.messages) / self.raw_s


def measure(options: Options) -> Figure:
    """One run; the raw way is measured on the same Kafka behind it."""
    with company.fresh_stack() as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        run = loop.run(_play(stack, options))
    share = run.per_second / run.raw_per_second
    return Figure(
        letter="b",
        title="Sustained messages end to end",
        aim="none set",
        said=f"**{run.per_second:.0f} messages a second**, {share:.2f} of the raw client",
        is_met=None,
        workload=(
            f"{len(run.messages)} messages on one desk, {IN_FLIGHT} under way at any time, each"
            " until an agent's socket showed it; one in"
            f" {OPENING_EVERY} opens a conversation, which an agent accepts. The clock stops when"
            " history has written the last one. The raw client sends as many records over two"
            f" topics with a forwarder, as many under way. Load at the end: {run.load}."
        ),
        tables=(_pace_table(run), _latency_table(run)),
    )


async def _play(stack: Stack, options: Options) -> Run:
    servers = stack.servers.bootstrap_servers
    async with Crowd(stack, agents=AGENTS_QUICK if options.is_quick else AGENTS) as crowd:
        await crowd.open_conversations(OPEN_BEFORE_QUICK if options.is_quick else OPEN_BEFORE)
        number = MESSAGES_QUICK if options.is_quick else MESSAGES
        known = crowd.customers
        messages = [
            crowd.opening() if one % OPENING_EVERY == 0 else crowd.following(one % known)
            for one in range(number)
        ]

        async def bring(message: Message) -> None:
            await crowd.send(message)
            await message.heard.wait()

        began_s = clock.monotonic_s()
        await at_once(messages, bring)
        heard_s = clock.monotonic_s() - began_s
        await _remembered(stack)
        remembered_s = clock.monotonic_s() - began_s
        load = machine.load()
    values = [message.request for message in messages]
    return Run(
        messages=messages,
        heard_s=heard_s,
        remembered_s=remembered_s,
        raw_s=await _raw(servers, values),
        load=load,
    )


async def at_once(things: Sequence[T], act: Callable[[T], Awaitable[object]]) -> None:
    """Do it to all, IN_FLIGHT at a time."""
    left = iter(things)

    async def work() -> None:
        for thing in left:
            await act(thing)

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


async def _remembered(stack: Stack) -> None:
    """Return when history is where the decisions end. Raises TimeoutError."""
    end = await logs.end_of(stack.servers.bootstrap_servers, ROUTING_DECISIONS, company.PARTITION)
    database = mongo.connect(stack.servers.mongodb_uri, stack.configuration.mongodb_database)
    key = {"_id": position_key(ROUTING_DECISIONS, company.PARTITION)}
    try:
        async with asyncio.timeout(REMEMBERED_TIMEOUT_S):
            while True:
                found = await database[POSITIONS].find_one(key)
                if found and found["offset"] >= end - 1:
                    return
                await asyncio.sleep(_POLL_S)
    finally:
        mongo.close(database)


async def _raw(servers: str, values: Sequence[bytes]) -> float:
    await raw_kafka.make_topics(servers, partitions=company.PARTITIONS)
    async with raw_kafka.Hops(servers).running() as hops:
        await at_once(values[:IN_FLIGHT], hops.send)
        began_s = clock.monotonic_s()
        await at_once(values, hops.send)
        return clock.monotonic_s() - began_s


def _pace_table(run: Run) -> Table:
    number = len(run.messages)
    return Table(
        title="Messages a second",
        columns=("until", "messages/s"),
        rows=(
            ("all were heard by an agent", f"{number / run.heard_s:.0f}"),
            ("all were in the timeline", f"{run.per_second:.0f}"),
            ("raw client over two topics", f"{run.raw_per_second:.0f}"),
        ),
    )


def _latency_table(run: Run) -> Table:
    acked = [(one.acked_s - one.sent_s) * 1000 for one in run.messages]
    heard = [(one.heard_s - one.sent_s) * 1000 for one in run.messages]
    return Table(
        title="Latencies at that pace",
        columns=SPREAD_COLUMNS,
        rows=(spread("webhook to 200", acked), spread("webhook to socket", heard)),
    )


if __name__ == "__main__":
    run_alone(measure)
