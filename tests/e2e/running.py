"""The shared world of the end-to-end tests: real servers, real services, simulated people."""

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import httpx

from deploy.local.folders import instance_dir
from deploy.local.simulated.agent_door import AgentDoor
from deploy.local.simulated.agents import AgentIdentity, Manner, SimulatedAgent
from deploy.local.simulated.customer_stream import read_replies
from deploy.local.simulated.customers import Customers
from deploy.local.simulated.http_connections import HttpConnections
from deploy.local.simulated.provider_log import ProviderLog
from deploy.local.simulated.providers import SimulatedProviders
from deploy.local.simulated.webhook_requests import WebhookRequest
from deploy.local.stack import SERVICES, Stack
from libs.common.contracts.terms import Role
from tests.e2e.checker import Report, check
from tests.e2e.checker.collecting import collect
from tests.e2e.companies import (
    ALERTED_DESKS,
    COMPANIES,
    WEBHOOK_SECRET,
    Company,
    configuration_of,
    known_endpoints,
)
from tests.e2e.crowd import chat_token
from tests.e2e.settling import Settling
from tests.e2e.spans import SpanReceiver

INSTANCE = "e2e"
SEED = 20_260_301
SENDERS = 24
STREAMS_READ_AT_ONCE = 16
STREAM_TIMEOUT_S = 15.0
SAMPLE_RATIO = "0.02"
MANNER = Manner(think_s=0.2, write_s=1.5, rejects=0.02, ignores=0.005)

Fault = Callable[[], Awaitable[None]]


class Running:
    """The platform at work, from `start` to `stop`; tests send, break and judge."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.directory = instance_dir(INSTANCE, environment)
        # Last run's logs and data would be judged with this one's.
        shutil.rmtree(self.directory, ignore_errors=True)
        self.log = ProviderLog(self.directory / "outside.jsonl")
        self.providers = SimulatedProviders(
            self.log, webhook_secrets=(WEBHOOK_SECRET,), refusals=0.02, seed=SEED
        )
        self.spans = SpanReceiver()
        self.agents: list[SimulatedAgent] = []
        self._environment = environment
        self._at_work: list[asyncio.Task[None]] = []
        self._heard: dict[tuple[str, str], int] = defaultdict(int)

    async def start(self) -> None:
        """Everything up, both desks configured, all agents connected and available."""
        await asyncio.gather(self.providers.start(), self.spans.start())
        tracing = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.spans.url,
            "TRACE_SAMPLE_RATIO": SAMPLE_RATIO,
        }
        services = {name: dict(tracing) for name in SERVICES}
        # What a killed notifier was about to deliver waits until its lease has ended.
        services["notifier"]["ERRAND_LEASE_S"] = "15"
        self.stack = Stack(
            configuration_of(self.providers, services),
            instance=INSTANCE,
            environment=self._environment,
        )
        await asyncio.to_thread(self.stack.start)
        self.http = httpx.AsyncClient(
            base_url=self.stack.url("ingest"), timeout=15.0, trust_env=False
        )
        self.connections = HttpConnections(self.stack.url("ingest"))
        self.notifier = httpx.AsyncClient(
            base_url=self.stack.url("notifier"), timeout=STREAM_TIMEOUT_S, trust_env=False
        )
        self.customers = Customers(self.stack.url("ingest"), self.log)
        self.settling = Settling(
            bootstrap_servers=self.stack.servers.bootstrap_servers,
            mongodb_uri=self.stack.servers.mongodb_uri,
            mongodb_database=self.stack.configuration.mongodb_database,
        )
        await self.settling.start()
        await asyncio.gather(*map(self._configure, COMPANIES))
        self._hire()

    async def stop(self) -> None:
        """Everybody goes home, everything ends."""
        for work in self._at_work:
            work.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)
        if hasattr(self, "customers"):
            await self.customers.__aexit__()
            self.connections.close()
            await asyncio.gather(self.http.aclose(), self.notifier.aclose())
            await self.settling.stop()
        if hasattr(self, "stack"):
            await asyncio.to_thread(self.stack.stop)
        await asyncio.gather(self.providers.stop(), self.spans.stop())
        self.log.close()

    async def send_all(
        self, requests: Iterable[WebhookRequest], faults: Mapping[int, Fault] | None = None
    ) -> int:
        """Send all as fast as they are taken; returns how many were not taken.

        When that many were sent, a fault begins beside the sending, after the one before it;
        returns when all have ended.
        """
        waiting = dict(faults or {})
        source = enumerate(requests)
        breaking: list[asyncio.Task[None]] = []
        refused = 0
        one_at_a_time = asyncio.Lock()

        async def break_down(fault: Fault) -> None:
            async with one_at_a_time:
                await fault()

        async def sender() -> None:
            nonlocal refused
            for number, request in source:
                fault = waiting.pop(number, None)
                if fault is not None:
                    breaking.append(asyncio.create_task(break_down(fault)))
                refused += not await self.customers.send(request)

        await asyncio.gather(*(sender() for _ in range(SENDERS)))
        await asyncio.gather(*breaking)
        assert not waiting, f"faults that never began: {sorted(waiting)}"
        return refused

    async def verdict(self) -> Report:
        """Settle, let the web chat's customers read, and judge everything since the start."""
        took_s = await self.settling.settle()
        await self._read_web_chats()
        material = await collect(
            bootstrap_servers=self.stack.servers.bootstrap_servers,
            mongodb_uri=self.stack.servers.mongodb_uri,
            mongodb_database=self.stack.configuration.mongodb_database,
            outside_logs=(self.log.path,),
            endpoints=known_endpoints(),
            alerted_desks=ALERTED_DESKS,
        )
        report = check(material)
        print(f"settled in {took_s:.1f} s; {report.to_text()}")
        (self.directory / "report.json").write_text(report.to_json(), encoding="utf-8")
        return report

    async def kill_and_start(
        self, service: str, *, launcher: tuple[str, ...] | None = None
    ) -> None:
        """SIGKILL a service in the midst of its work, and start it again."""
        replica = self.stack[service]

        def fault() -> None:
            replica.kill()
            replica.start(launcher=launcher)

        await asyncio.to_thread(fault)

    async def kill_and_start_kafka(self) -> None:
        """The same with the broker."""
        assert self.stack.servers.kafka is not None
        await asyncio.to_thread(self.stack.servers.kafka.kill)
        await asyncio.to_thread(self.stack.servers.kafka.start)

    async def kill_and_start_mongodb(self) -> None:
        """The same with the database."""
        assert self.stack.servers.mongodb is not None
        await asyncio.to_thread(self.stack.servers.mongodb.kill)
        await asyncio.to_thread(self.stack.servers.mongodb.start)

    async def restart_ingest(self, *, sample_ratio: str = SAMPLE_RATIO) -> None:
        """Restart ingest in good order, with another share of messages traced from now on."""

        def restart() -> None:
            self.stack["ingest"].stop()
            self.stack["ingest"].start(variables={"TRACE_SAMPLE_RATIO": sample_ratio})

        await asyncio.to_thread(restart)

    def log_files(self) -> list[Path]:
        """Every log that any service wrote since the start."""
        return [path for replica in self.stack.services.values() for path in replica.log_paths]

    async def _configure(self, company: Company) -> None:
        administrator = f"{company.tenant_id}-administrator"
        token = self.stack.issuer.mint(
            tenant_id=company.tenant_id,
            subject=administrator,
            roles=[Role.ADMINISTRATOR],
            desks=[company.desk_id],
        )
        door = AgentDoor(
            self.connections,
            self.log,
            tenant_id=company.tenant_id,
            desk_id=company.desk_id,
            subject=administrator,
            token=token,
        )
        document = company.desk_configuration()
        assert await door.request("PUT", "configuration", document, key="first-configuration")

    def _hire(self) -> None:
        for company in COMPANIES:
            for agent_id in company.agent_ids:
                token = self.stack.issuer.mint(
                    tenant_id=company.tenant_id,
                    subject=agent_id,
                    roles=[Role.AGENT],
                    desks=[company.desk_id],
                )
                agent = SimulatedAgent(
                    AgentIdentity(
                        tenant_id=company.tenant_id,
                        desk_id=company.desk_id,
                        agent_id=agent_id,
                        token=token,
                    ),
                    http=self.connections,
                    notifier_url=self.stack.websocket_url("notifier"),
                    log=self.log,
                    manner=MANNER,
                    seed=SEED,
                )
                self.agents.append(agent)
                self._at_work.append(asyncio.create_task(agent.run()))

    async def _read_web_chats(self) -> None:
        """Customers whose web chat got replies since the last time read their whole stream."""
        filed: dict[tuple[str, str], int] = defaultdict(int)
        for reply in self.settling.account.replies:
            if reply.reply_to.channel == "web_chat":
                filed[reply.tenant_id, reply.reply_to.address] += 1
        fresh = [key for key, count in filed.items() if self._heard[key] != count]
        companies = {company.tenant_id: company for company in COMPANIES}
        gate = asyncio.Semaphore(STREAMS_READ_AT_ONCE)

        async def read(tenant_id: str, address: str) -> None:
            company = companies[tenant_id]
            async with gate:
                self._heard[tenant_id, address] = await read_replies(
                    self.notifier,
                    self.log,
                    address=address,
                    endpoint_id=company.endpoint_id("web_chat"),
                    token=chat_token(self.stack.issuer, company, address),
                    expected=filed[tenant_id, address],
                    timeout_s=STREAM_TIMEOUT_S,
                )

        await asyncio.gather(*(read(*key) for key in fresh))
