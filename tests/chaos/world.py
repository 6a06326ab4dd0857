"""One run from its empty servers to its verdict: real Kafka, real MongoDB, real router processes,
customers and agents at work all the while.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deploy.local.folders import LOCAL_DIR_VARIABLE, instance_dir
from deploy.local.servers import LocalServers
from deploy.local.tokens import LocalIssuer
from libs.common import clock
from libs.common.contracts.events import NotifierAlive
from libs.common.contracts.topics import ROUTING_EVENTS, TOPICS
from libs.common.contracts.wire import encode_event
from libs.common.identifiers import fresh_event_id
from libs.common.kafka import Publisher
from libs.common.kafka_topics import ensure_topics
from tests.chaos.agents import Agents
from tests.chaos.desks import Customers, Desk, Outside, desks_on, one_of_each_partition, traffic_of
from tests.chaos.fleet import Fleet, Mark
from tests.chaos.following import Following
from tests.chaos.judging import collect, judge
from tests.chaos.saves import SavesSeen
from tests.chaos.schedule import FIRST_REPLICAS, Fault, Kind
from tests.chaos.waiting import StandstillError, until
from tests.chaos.waves import Waves
from tests.e2e.checker import Finding, Material, Report
from tests.e2e.checker.counting import Counted
from tests.integration.services.router.log_check import end_of
from tests.integration.services.router.router_process import RouterProcess

PARTITIONS = 6
DATABASE = "chaos"
ALIVE_EVERY_S = 3.0
# Generous: what a slow machine takes is measured, not judged.
PROGRESS_S_MAX = 60.0
SETTLING_S_MAX = 120.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run left behind."""

    report: Report
    marks: tuple[Mark, ...]
    material: Material
    took_s: float


@dataclass(slots=True)
class World:
    """The parts of a running world."""

    servers: LocalServers
    publisher: Publisher
    fleet: Fleet
    directory: Path
    seed: int
    desks_each: int
    say: Say
    is_around_due_times: bool = False
    is_over: bool = False
    findings: list[Finding] = field(default_factory=list)

    async def play(self, faults: Sequence[Fault]) -> Outcome:
        """Suffer all faults under load, settle, end, and judge. Around due times, one more desk of
        each partition promises, and each fault comes when much falls due at once.
        """
        began_s = clock.monotonic_s()
        desks = desks_on(PARTITIONS, each=self.desks_each + self.is_around_due_times)
        outside = Outside()
        saves = SavesSeen(self.servers.mongodb_uri, DATABASE, partitions=PARTITIONS, seed=self.seed)
        due = await self._live(desks, outside, saves, faults)
        codes = await self.fleet.stop()
        await saves.look()
        saves.close()
        self._found(
            "replicas end in order",
            (f"{replica_id}: exit code {code}" for replica_id, code in codes.items() if code),
        )
        self._found("no partition waits for a person", self.fleet.said("partition.stopped"))
        self.say("every replica has ended; judging")
        servers = self.servers.bootstrap_servers
        material = await collect(servers, desks=desks, outside=outside, due=due)
        report = await judge(servers, material, saves.seen)
        return Outcome(
            report=replace(report, findings=(*self.findings, *report.findings)),
            marks=tuple(self.fleet.marks),
            material=material,
            took_s=clock.monotonic_s() - began_s,
        )

    async def _live(
        self, desks: Sequence[Desk], outside: Outside, saves: SavesSeen, faults: Sequence[Fault]
    ) -> dict[int, int]:
        """Everybody at work until all faults are over and nothing is open; what is due then."""
        promising = one_of_each_partition(desks, PARTITIONS) if self.is_around_due_times else ()
        traffic = {
            desk: traffic_of(desk, self.publisher) for desk in desks if desk not in promising
        }
        agents = Agents(traffic, outside, seed=self.seed)
        waves = Waves(
            {desk: traffic_of(desk, self.publisher) for desk in promising}, outside, seed=self.seed
        )
        following = Following(
            self.servers.bootstrap_servers,
            partitions=PARTITIONS,
            hear=_both(agents.hear, waves.hear),
        )
        async with beside(following.run(), agents.remind(), saves.run(), self._stay_alive()):
            await asyncio.gather(*(one.open_desk() for one in traffic.values()), waves.open())
            try:
                async with asyncio.TaskGroup() as group:
                    for desk, one in traffic.items():
                        customers = Customers(desk, one, outside, seed=self.seed)
                        group.create_task(customers.write(is_over=lambda: self.is_over))
                    await self._suffer(faults, following, waves)
                due = await self._settle(agents, following, waves)
            except* StandstillError as standstill:
                self._found("everything goes on", map(str, standstill.exceptions))
                due = await self._ends()
            agents.leave()
            waves.leave()
        self._found("agents can act", map(repr, (*agents.failures, *waves.failures)))
        return due

    def _found(self, rule: str, seen: Iterable[str]) -> None:
        self.findings.extend(Finding(rule=rule, subject="the run", seen=one) for one in seen)

    async def _suffer(self, faults: Sequence[Fault], following: Following, waves: Waves) -> None:
        await self.fleet.until_all_deciding()
        ready_s = await following.until_all_decide(within_s=PROGRESS_S_MAX)
        self.say(f"three replicas decide for all {PARTITIONS} partitions ({ready_s:.1f} s)")
        for number, fault in enumerate(faults, 1):
            if self.is_around_due_times and fault.kind is not Kind.ADD:
                await waves.write_and_wait()
            else:
                await asyncio.sleep(fault.pause_s)
            await self.fleet.suffer(fault)
            took_s = await following.until_all_decide(within_s=PROGRESS_S_MAX)
            self.say(
                f"{number:3} of {len(faults)}  {fault.kind}: all decide {took_s:.1f} s later;"
                f" {following.records} records, {following.void} void"
            )
        self.is_over = True

    async def _settle(self, agents: Agents, following: Following, waves: Waves) -> dict[int, int]:
        """Wait until nothing is open; then until all events there are by then are decided. Returns
        the last of them by partition: ticks and liveness may come later, when nobody decides.
        """
        settled_s = await until(
            "nothing open",
            lambda: agents.is_idle and waves.is_over,
            within_s=SETTLING_S_MAX,
        )
        due = await self._ends()
        await until(
            "all events decided",
            lambda: all(following.decided(partition) >= last for partition, last in due.items()),
            within_s=SETTLING_S_MAX,
        )
        self.say(f"nothing is open any more after {settled_s:.1f} s, and all is decided")
        return due

    async def _ends(self) -> dict[int, int]:
        """The offset of each partition's last event."""
        servers = self.servers.bootstrap_servers
        return {
            partition: await end_of(servers, ROUTING_EVENTS, partition) - 1
            for partition in range(PARTITIONS)
        }

    async def _stay_alive(self) -> None:
        """The notifier that all agents are connected to lives as long as the world."""
        while True:
            value = encode_event(
                NotifierAlive(replica_id="notifier-0"),
                event_id=fresh_event_id(),
                source="test",
                time=clock.now(),
            )
            for partition in range(PARTITIONS):
                await self.publisher.publish(
                    ROUTING_EVENTS, key=None, value=value, partition=partition
                )
            await asyncio.sleep(ALIVE_EVERY_S)


def _both(
    one: Callable[[Counted], None], other: Callable[[Counted], None]
) -> Callable[[Counted], None]:
    def hear(counted: Counted) -> None:
        one(counted)
        other(counted)

    return hear


@asynccontextmanager
async def running_world(
    instance: str,
    *,
    seed: int,
    session_timeout_s: float,
    desks_each: int = 2,
    is_around_due_times: bool = False,
    say: Say = print,
) -> AsyncIterator[World]:
    """Fresh servers and three replicas on them; all gone afterwards.

    Servers of the user's own are left alone: the log must be empty at first.
    """
    own = {name: os.environ[name] for name in (LOCAL_DIR_VARIABLE,) if name in os.environ}
    directory = instance_dir(instance, own)
    shutil.rmtree(directory, ignore_errors=True)
    servers = LocalServers(instance, environment=own)
    await asyncio.to_thread(servers.start)
    publisher = Publisher(servers.bootstrap_servers)
    environment = {
        **servers.environment,
        "KAFKA_PARTITIONS": str(PARTITIONS),
        "MONGODB_DATABASE": DATABASE,
        "JWT_KEYS_FILE": str(LocalIssuer(directory / "keys").keys_path),
        "ROUTER_SESSION_TIMEOUT_S": str(session_timeout_s),
    }
    fleet = Fleet(
        lambda replica_id: RouterProcess(
            replica_id, log=directory / f"{replica_id}.log", environment=environment
        ),
        session_timeout_s=session_timeout_s,
    )
    try:
        await ensure_topics(servers.bootstrap_servers, partitions=PARTITIONS, topics=TOPICS)
        await publisher.start()
        await fleet.start(*FIRST_REPLICAS)
        yield World(
            servers, publisher, fleet, directory, seed, desks_each, say, is_around_due_times
        )
    finally:
        await fleet.abandon()
        await publisher.stop()
        await asyncio.to_thread(servers.stop)


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let these run while the block runs. One that fails ends the block with its error."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()
