"""The people of the desk at their sockets: agents, the supervisor, the administrator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from demo.company import (
    ADMINISTRATOR,
    DESK,
    LATE_AGENT,
    OFFICE_AGENT,
    SUPERVISOR,
    desk_configuration,
    desk_document,
)
from demo.house import House
from demo.people.agents import DemoAgent
from demo.people.answers import AnswerBook
from demo.people.memory import Memory
from demo.people.questions import Questions
from demo.people.record import Record
from deploy.local.errors import StartError
from deploy.local.simulated.agent_door import AgentDoor
from deploy.local.simulated.agent_stream import AgentStream
from deploy.local.simulated.agents import AgentIdentity, Manner
from deploy.local.simulated.http_connections import HttpConnections
from libs.common.contracts.terms import Role

MANNER = Manner(think_s=0.6, write_s=1.2, wrap_up_code="answered")
# Boris declines now and then: the offer goes to the next, and nobody waits for it.
CHOOSY, CHOOSY_MANNER = "boris", Manner(think_s=0.6, write_s=1.2, rejects=0.2)
TIMEOUT_S = 15.0


@dataclass(slots=True)
class DeskPeople:
    """Those who work at the desk. The late agent comes when `let_in` is called."""

    house: House
    book: AnswerBook
    record: Record
    ingest: HttpConnections
    history: httpx.AsyncClient
    notifier: httpx.AsyncClient
    router: httpx.AsyncClient
    _working: list[asyncio.Task[Any]]

    def token(self, subject: str, role: Role) -> str:
        """A bearer token for one of them."""
        return self.house.company.token(self.house.stack.issuer, subject, role)

    def memory(self, subject: str = SUPERVISOR, role: Role = Role.SUPERVISOR) -> Memory:
        """The memory as this person may read it."""
        return Memory(self.history, self.token(subject, role))

    def questions(self) -> Questions:
        """What the supervisor asks the router."""
        return Questions(self.router, self.token(SUPERVISOR, Role.SUPERVISOR))

    async def configure(self) -> None:
        """The administrator sends the desk's document. Raises StartError when it is refused."""
        headers = {
            "authorization": f"Bearer {self.token(ADMINISTRATOR, Role.ADMINISTRATOR)}",
            "content-type": "application/yaml",
        }
        path, document = f"/v1/desks/{DESK}/configuration", desk_document().encode()
        answer = await self.ingest.send(self.ingest.request("PUT", path, headers, document))
        if not answer.is_success:
            problem = answer.body.decode(errors="replace")
            raise StartError(f"the desk's configuration was refused: {problem}")

    def open(self) -> None:
        """The supervisor looks on, and every agent that the demo plays comes to work, one late."""
        watching = AgentStream(
            f"{self.house.stack.websocket_url('notifier')}/v1/desks/{DESK}/stream",
            token=self.token(SUPERVISOR, Role.SUPERVISOR),
            hear=self.record.supervisor_hears,
        )
        self._working.append(asyncio.create_task(watching.run()))
        for agent in desk_configuration().agents:
            if agent.agent_id not in {LATE_AGENT, OFFICE_AGENT}:
                self._work(agent.agent_id)

    async def let_in(self) -> None:
        """The late agent comes to work at last."""
        self._work(LATE_AGENT)

    async def link(self, telegram: str, web: str) -> None:
        """The supervisor finds that two addresses are one customer."""
        pair = {
            "a": {"family": "telegram", "address": telegram},
            "b": {"family": "web", "address": web},
        }
        await self._supervisor().post("links", pair, key=f"link/{telegram}/{web}")

    async def acknowledge(self, conversation_id: str) -> None:
        """The supervisor sees to a conversation that is in trouble."""
        path = f"conversations/{conversation_id}/acknowledge"
        await self._supervisor().post(path, {}, key=f"acknowledge/{conversation_id}")

    def _supervisor(self) -> AgentDoor:
        return AgentDoor(
            self.ingest,
            self.house.witness,
            tenant_id=self.house.company.tenant_id,
            desk_id=DESK,
            subject=SUPERVISOR,
            token=self.token(SUPERVISOR, Role.SUPERVISOR),
        )

    def _work(self, agent_id: str) -> None:
        token = self.token(agent_id, Role.AGENT)
        identity = AgentIdentity(
            tenant_id=self.house.company.tenant_id, desk_id=DESK, agent_id=agent_id, token=token
        )
        agent = DemoAgent(
            identity,
            http=self.ingest,
            notifier_url=self.house.stack.websocket_url("notifier"),
            log=self.house.witness,
            manner=CHOOSY_MANNER if agent_id == CHOOSY else MANNER,
            memory=Memory(self.history, token),
            book=self.book,
            record=self.record,
        )
        self._working.append(asyncio.create_task(agent.run()))

    async def go_home(self) -> None:
        """Everyone leaves."""
        for working in self._working:
            working.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        self.ingest.close()


@asynccontextmanager
async def desk_people(house: House) -> AsyncIterator[DeskPeople]:
    """The people, with their connections, at work inside the block."""
    async with (
        _client(house, "history") as history,
        _client(house, "notifier") as notifier,
        _client(house, "router") as router,
    ):
        people = DeskPeople(
            house=house,
            book=AnswerBook(),
            record=Record(),
            ingest=HttpConnections(house.stack.url("ingest")),
            history=history,
            notifier=notifier,
            router=router,
            _working=[],
        )
        try:
            yield people
        finally:
            await people.go_home()


def _client(house: House, service: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=200)
    return httpx.AsyncClient(
        base_url=house.stack.url(service), timeout=TIMEOUT_S, trust_env=False, limits=limits
    )
