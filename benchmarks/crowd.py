"""Customers and agents for the figures: real webhooks, real sockets, as little cost as can be.

An agent accepts whatever is offered, at once. A message is *heard* when the socket of the agent
whom it concerns shows it: as an offer where it opened a conversation, else as a message.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import orjson
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import company
from deploy.local.simulated.http_connections import HttpConnections
from deploy.local.stack import Stack
from libs.common import clock
from libs.common.contracts.terms import Role

JSON = {"content-type": "application/json"}
HEARD_TYPES = frozenset({"reservation.opened", "message.filed"})
SETTLE_TIMEOUT_S = 60.0


@dataclass(slots=True, kw_only=True)
class Message:
    """One customer's message and when what happened to it; times are 0 until then.

    `_s` are of the monotonic clock; `_ms` since the Unix epoch, as the broker's are.
    """

    event_id: str
    request: bytes
    sent_s: float = 0.0
    sent_ms: int = 0
    acked_s: float = 0.0
    heard_s: float = 0.0
    heard_ms: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)


class Crowd:
    """All the people outside one stack; a context manager, at work inside the block."""

    def __init__(self, stack: Stack, *, agents: int) -> None:
        self._stack = stack
        self._names = company.agent_names(agents)
        self._http = HttpConnections(stack.url("ingest"))
        self._reader = company.Reader()
        self._waiting: dict[str, Message] = {}
        self._actions: set[asyncio.Task[None]] = set()
        self._listening: list[asyncio.Task[None]] = []
        self._sockets: list[ClientConnection] = []
        self._present = asyncio.Event()
        self._customers = 0
        self._numbers: dict[int, int] = {}
        self.assigned = 0
        self._assigned_moved = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._configure()
        for name in self._names:
            await self._join(name)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for listening in self._listening:
            listening.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._sockets))
        self._http.close()

    @property
    def customers(self) -> int:
        """How many customers there are so far."""
        return self._customers

    def opening(self) -> Message:
        """The first message of a new customer, not sent yet."""
        self._customers += 1
        return self._message(self._customers)

    def following(self, number: int) -> Message:
        """A further message of one of the customers so far, by any number, not sent yet."""
        return self._message(number % self._customers + 1)

    def _message(self, customer: int) -> Message:
        self._numbers[customer] = self._numbers.get(customer, 0) + 1
        webhook = company.webhook(customer, self._numbers[customer])
        return Message(
            event_id=self._reader.read(webhook).event_id,
            request=self._http.request("POST", webhook.path, webhook.headers, webhook.body),
        )

    async def send(self, message: Message) -> None:
        """Post it and return when it was acknowledged. Raises RuntimeError when it was refused."""
        self._waiting[message.event_id] = message
        message.sent_s, message.sent_ms = clock.monotonic_s(), clock.now_ms()
        status = (await self._http.send(message.request)).status
        message.acked_s = clock.monotonic_s()
        if status != 200:  # noqa: PLR2004 - what Telegram takes for a yes
            raise RuntimeError(f"ingest answered {status}")

    async def open_conversations(self, number: int, *, at_once: int = 20) -> None:
        """Have so many customers open a conversation; returns when all are assigned."""
        wanted = self.assigned + number
        messages = [self.opening() for _ in range(number)]
        for first in range(0, number, at_once):
            await asyncio.gather(*map(self.send, messages[first : first + at_once]))
        async with asyncio.timeout(SETTLE_TIMEOUT_S):
            while self.assigned < wanted:
                self._assigned_moved.clear()
                await self._assigned_moved.wait()

    async def settle(self, messages: Sequence[Message]) -> int:
        """Wait until all were heard, at most a minute; returns how many were not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_TIMEOUT_S):
                for message in messages:
                    await message.heard.wait()
        return sum(not message.heard_s for message in messages)

    async def _configure(self) -> None:
        body = orjson.dumps(company.desk_document(len(self._names)))
        token = company.token(self._stack, "adam", Role.ADMINISTRATOR)
        await self._act("PUT", "configuration", token, body)

    async def _join(self, name: str) -> None:
        token = company.token(self._stack, name, Role.AGENT)
        socket = await connect(
            f"{self._stack.websocket_url('notifier')}/v1/desks/{company.DESK}/stream",
            additional_headers={"authorization": f"Bearer {token}"},
            compression=None,
            proxy=None,
        )
        self._sockets.append(socket)
        self._present.clear()
        self._listening.append(asyncio.create_task(self._listen(socket, token)))
        await self._act("POST", "presence", token, b'{"presence":"available"}')
        async with asyncio.timeout(SETTLE_TIMEOUT_S):
            await self._present.wait()

    async def _listen(self, socket: ClientConnection, token: str) -> None:
        async for text in socket:
            self._hear(orjson.loads(text), token)

    def _hear(self, told: dict[str, Any], token: str) -> None:
        told_type = told["type"]
        if told_type in HEARD_TYPES:
            message = self._waiting.pop(told["id"].rpartition(".")[0], None)
            if message is not None:
                message.heard_s, message.heard_ms = clock.monotonic_s(), clock.now_ms()
                message.heard.set()
        if told_type == "reservation.opened":
            path = f"reservations/{told['body']['reservation_id']}/accept"
            action = asyncio.create_task(self._act("POST", path, token, b"{}"))
            self._actions.add(action)
            action.add_done_callback(self._actions.discard)
        elif told_type == "work_item.assigned":
            self.assigned += 1
            self._assigned_moved.set()
        elif told_type == "agent.presence_changed":
            self._present.set()

    async def _act(self, method: str, path: str, token: str, body: bytes) -> None:
        headers = {**JSON, "authorization": f"Bearer {token}"}
        request = self._http.request(method, f"/v1/desks/{company.DESK}/{path}", headers, body)
        status = (await self._http.send(request)).status
        if status != 202:  # noqa: PLR2004 - accepted
            raise RuntimeError(f"ingest answered {status} to {method} {path}")
