"""Figure (a): from a customer's webhook to the agent's socket, stage by stage, at a steady rate."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import uvloop

from benchmarks import company, logs, machine, raw_kafka
from benchmarks.crowd import Crowd, Message
from benchmarks.figures import SPREAD_COLUMNS, Figure, Table, bars, percentile, spread
from benchmarks.options import Options, run_alone
from benchmarks.profiles import profiling, top_list
from deploy.local.stack import SERVICES, Stack
from libs.common import clock
from libs.common.contracts.records import DecisionRecord, decode_record
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS
from libs.common.contracts.wire import decode_event

RATE_PER_S = 100
SECONDS, SECONDS_QUICK = 30, 5
AGENTS, AGENTS_QUICK = 40, 5
OPEN_BEFORE, OPEN_BEFORE_QUICK = 500, 50
WARM_UP_S, WARM_UP_S_QUICK = 10, 1
# One message in ten opens a conversation; the others go to the agent who has theirs.
OPENING_EVERY = 10
AIM_P50_MS, AIM_P99_MS = 15, 60
_US = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run left behind: the messages, what the platform used, and the raw way's times."""

    messages: Sequence[Message]
    stages: Mapping[str, Sequence[float]]
    cost_us: Mapping[str, float]
    raw_acked_ms: Sequence[float]
    raw_arrived_ms: Sequence[float]
    load: str


def measure(options: Options) -> Figure:
    """One run, and a second one under the profiler."""
    run = _run(options)
    totals = run.stages["webhook to socket"]
    p50, p99 = percentile(totals, 0.5), percentile(totals, 0.99)
    notes = [bars([(k, percentile(v, 0.5)) for k, v in run.stages.items()], unit="ms at p50")]
    if not options.is_quick:
        notes.append(_profile(options))
    return Figure(
        letter="a",
        title="From the webhook to the agent's socket",
        aim=f"p50 {AIM_P50_MS} ms, p99 {AIM_P99_MS} ms",
        said=f"**p50 {p50:.1f} ms, p99 {p99:.1f} ms**",
        is_met=p50 <= AIM_P50_MS and p99 <= AIM_P99_MS,
        workload=(
            f"{RATE_PER_S} messages a second for {_seconds(options)} s, sent on time whatever comes"
            f" back; one in {OPENING_EVERY} opens a conversation, which an agent accepts at once;"
            " all four services, both servers and all clients on this machine. Load at the end:"
            f" {run.load}. The stages between are read from the broker's append times, which count"
            " whole milliseconds."
        ),
        tables=(_stage_table(run), _cost_table(run)),
        notes=tuple(notes),
    )


def _seconds(options: Options) -> int:
    return SECONDS_QUICK if options.is_quick else SECONDS


def _run(options: Options) -> Run:
    with company.fresh_stack() as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        return loop.run(_play(stack, options))


async def _play(stack: Stack, options: Options) -> Run:
    servers = stack.servers.bootstrap_servers
    async with Crowd(stack, agents=AGENTS_QUICK if options.is_quick else AGENTS) as crowd:
        before = OPEN_BEFORE_QUICK if options.is_quick else OPEN_BEFORE
        await crowd.open_conversations(before)
        warm_up_s = WARM_UP_S_QUICK if options.is_quick else WARM_UP_S
        await send_steadily(crowd, _messages(crowd, warm_up_s))
        starts = {
            topic: await logs.end_of(servers, topic, company.PARTITION)
            for topic in (ROUTING_EVENTS, ROUTING_DECISIONS)
        }
        costs = {name: machine.cpu_s(pid) for name, pid in _pids(stack).items()}
        messages = _messages(crowd, _seconds(options))
        await send_steadily(crowd, messages)
        used = {
            name: (machine.cpu_s(pid) - costs[name]) / len(messages) * _US
            for name, pid in _pids(stack).items()
        }
        load = machine.load()
    events, decisions = [
        await logs.read_new(servers, topic, company.PARTITION, start=start)
        for topic, start in starts.items()
    ]
    appended = {decode_event(one.value).id: one.timestamp_ms for one in events}
    decided = {
        record.event_id: one.timestamp_ms
        for one in decisions
        if isinstance(record := decode_record(one.value), DecisionRecord)
    }
    raw = await _raw(servers, [events[0].value or b""] * len(messages))
    return Run(
        messages=messages,
        stages=_stages(messages, appended, decided),
        cost_us=used,
        raw_acked_ms=[acked * 1000 for acked, _ in raw],
        raw_arrived_ms=[arrived * 1000 for _, arrived in raw],
        load=load,
    )


def _messages(crowd: Crowd, seconds: int) -> list[Message]:
    numbers = range(RATE_PER_S * seconds)
    known = crowd.customers
    return [
        crowd.opening() if number % OPENING_EVERY == 0 else crowd.following(number % known)
        for number in numbers
    ]


async def send_steadily(crowd: Crowd, messages: Sequence[Message]) -> None:
    """Send each at its time; returns when all were heard. Raises RuntimeError when one was not."""
    began_s = clock.monotonic_s()
    sends = []
    for number, message in enumerate(messages):
        await asyncio.sleep(began_s + number / RATE_PER_S - clock.monotonic_s())
        sends.append(asyncio.create_task(crowd.send(message)))
    await asyncio.gather(*sends)
    missed = await crowd.settle(messages)
    if missed:
        raise RuntimeError(f"{missed} messages never reached an agent")


async def _raw(servers: str, values: Sequence[bytes]) -> list[tuple[float, float]]:
    await raw_kafka.make_topics(servers, partitions=company.PARTITIONS)
    async with raw_kafka.Hops(servers).running() as hops:
        await asyncio.gather(*[hops.send(value) for value in values[:RATE_PER_S]])
        began_s = clock.monotonic_s()
        sends = []
        for number, value in enumerate(values):
            await asyncio.sleep(began_s + number / RATE_PER_S - clock.monotonic_s())
            sends.append(asyncio.create_task(hops.send(value)))
        return await asyncio.gather(*sends)


def _stages(
    messages: Sequence[Message], appended: Mapping[str, int], decided: Mapping[str, int]
) -> dict[str, list[float]]:
    return {
        "ingest: webhook to append": [
            float(appended[one.event_id] - one.sent_ms) for one in messages
        ],
        "router: append to decision's append": [
            float(decided[one.event_id] - appended[one.event_id]) for one in messages
        ],
        "notifier: decision's append to socket": [
            float(one.heard_ms - decided[one.event_id]) for one in messages
        ],
        "webhook to 200": [(one.acked_s - one.sent_s) * 1000 for one in messages],
        "webhook to socket": [(one.heard_s - one.sent_s) * 1000 for one in messages],
    }


def _stage_table(run: Run) -> Table:
    rows = [spread(name, values) for name, values in run.stages.items()]
    rows.append(spread("raw client: produce to acknowledgement", run.raw_acked_ms))
    rows.append(spread("raw client: over two topics with a forwarder", run.raw_arrived_ms))
    return Table(title="Stage by stage", columns=SPREAD_COLUMNS, rows=tuple(rows))


def _cost_table(run: Run) -> Table:
    rows = [
        (name, f"{used:.0f}", f"{used * RATE_PER_S / _US:.1%}")
        for name, used in run.cost_us.items()
    ]
    return Table(
        title="A processor's time per message, the agents' acceptances included",
        columns=("process", "CPU us a message", f"of one core at {RATE_PER_S}/s"),
        rows=tuple(rows),
    )


def _pids(stack: Stack) -> dict[str, int]:
    servers = {type(server).__name__: server.pid for server in stack.servers.parts}
    services = {name: stack[name].pid for name in SERVICES}
    return {name: pid for name, pid in {**services, **servers}.items() if pid is not None}


def _profile(options: Options) -> str:
    """The same once more, with the three services of the way under the profiler."""
    with company.fresh_stack(services=("history",)) as stack:
        names = ("ingest", "router", "notifier")
        for name in names:
            replica = stack.add_replica(name)
            with profiling(name, stack.directory) as launcher:
                replica.start(launcher=launcher)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
            loop.run(_play(stack, options))
        for name in names:
            stack[name].stop()
        return "\n\n".join(top_list(name, stack.directory) for name in names)


if __name__ == "__main__":
    run_alone(measure)
