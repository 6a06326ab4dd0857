"""Simulated agents: real clients that are offered work, think, answer, close and wrap up.

What an agent does, its seed decides. An agent answers each conversation that is assigned to it and
then closes it; between the two the customer may write again. All that the platform refuses (an
offer that ended, a conversation that was taken back) the agent takes as it comes.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.local.simulated.agent_door import AgentDoor
from deploy.local.simulated.agent_stream import HEARTBEAT, HELLO, AgentStream
from deploy.local.simulated.http_connections import HttpConnections
from deploy.local.simulated.provider_log import Noted, ProviderLog
from libs.common import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an agent works. Times in seconds, each the longest of an even spread from zero; shares
    of offers that are rejected, or left unanswered until they time out.
    """

    think_s: float = 0.2
    write_s: float = 0.3
    rejects: float = 0.0
    ignores: float = 0.0
    wrap_up_code: str = "solved"


def _answer(agent_id: str, conversation_id: str) -> str:
    return f"{agent_id} answers in {conversation_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentIdentity:
    """Who the agent is, and the token that proves it."""

    tenant_id: str
    desk_id: str
    agent_id: str
    token: str = field(repr=False)


class SimulatedAgent:
    """One agent at work from `run` until it is cancelled.

    `write` composes the answer in a conversation from the agent's and the conversation's ids.
    """

    def __init__(
        self,
        identity: AgentIdentity,
        *,
        http: HttpConnections,
        notifier_url: str,
        log: ProviderLog,
        manner: Manner | None = None,
        seed: int = 1,
        write: Callable[[str, str], str] = _answer,
    ) -> None:
        self.identity = identity
        self.open_conversations: set[str] = set()
        self.conversations_closed = 0
        self._manner = manner or Manner()
        self._random = random.Random(f"{seed}/{identity.tenant_id}/{identity.agent_id}")  # noqa: S311 - a part is played, no secret is made
        self._log = log
        self._write = write
        self._door = AgentDoor(
            http,
            log,
            tenant_id=identity.tenant_id,
            desk_id=identity.desk_id,
            subject=identity.agent_id,
            token=identity.token,
        )
        self.stream = AgentStream(
            f"{notifier_url}/v1/desks/{identity.desk_id}/stream",
            token=identity.token,
            hear=self._hear,
        )
        self._doing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Connect and work until cancelled."""
        try:
            await self.stream.run()
        finally:
            for doing in self._doing:
                doing.cancel()

    async def go(self, presence: str) -> None:
        """Say whether to be offered work."""
        key = f"presence/{presence}/{clock.now_ms()}"
        await self._door.post("presence", {"presence": presence}, key=key)

    async def _hear(self, message: Mapping[str, Any]) -> None:
        body = message["body"]
        if message["type"] not in {HELLO, HEARTBEAT}:
            self._note(message)
        match message["type"]:
            case "hello":
                self._do(self.go("available"))
            case "agent.presence_changed":
                # Whoever was set away for silence comes back at once.
                if body["cause"] == "ring_no_answer":
                    self._do(self.go("available"))
            case "reservation.opened":
                self._do(self._consider(body))
            case "reply.filed":
                self._do(self._close(body))
            case "work_item.wrapping_up":
                self._do(self._wrap_up(body["work_item_id"]))
            case _:
                self._keep_account(message["type"], body)

    def _keep_account(self, message_type: str, body: Mapping[str, Any]) -> None:
        """Know whose conversations are open; a new one is to be answered."""
        match message_type:
            case "work_item.assigned":
                self.open_conversations.add(body["conversation_id"])
                self._do(self._serve(body))
            case "work_item.queued":
                self.open_conversations.discard(body["conversation_id"])
            case "conversation.closed":
                self.open_conversations.discard(body["conversation_id"])
                self.conversations_closed += 1
            case _:
                pass  # The rest is for people's eyes.

    def _do(self, action: Coroutine[Any, Any, None]) -> None:
        doing = asyncio.create_task(action)
        self._doing.add(doing)
        doing.add_done_callback(self._doing.discard)

    async def _consider(self, offer: Mapping[str, Any]) -> None:
        drawn = self._random.random()
        if drawn < self._manner.ignores:
            return
        answer = "reject" if drawn < self._manner.ignores + self._manner.rejects else "accept"
        await self._pause(self._manner.think_s)
        if offer["conversation_id"] in self.open_conversations:
            return  # The queue assigns without asking.
        path = f"reservations/{offer['reservation_id']}/{answer}"
        await self._door.post(path, {}, key=f"{answer}/{offer['reservation_id']}")

    async def _serve(self, assigned: Mapping[str, Any]) -> None:
        conversation_id = assigned["conversation_id"]
        await self._pause(self._manner.write_s)
        text = self._write(self.identity.agent_id, conversation_id)
        await self._door.post(
            f"conversations/{conversation_id}/replies",
            {"text": text},
            # A conversation that comes back to the same agent is another assignment.
            key=f"reply/{assigned['reservation_id']}",
        )

    async def _close(self, filed: Mapping[str, Any]) -> None:
        await self._pause(self._manner.think_s)
        if not self._is_done_with(filed["conversation_id"]):
            return
        path = f"conversations/{filed['conversation_id']}/close"
        await self._door.post(path, self._closing(filed), key=f"close/{filed['reply_id']}")

    def _closing(self, _filed: Mapping[str, Any]) -> dict[str, Any]:
        """What is said when the conversation is closed after this reply."""
        return {}

    def _is_done_with(self, _conversation_id: str) -> bool:
        """Whether the conversation may end after the reply that was just filed."""
        return True

    async def _wrap_up(self, work_item_id: str) -> None:
        await self._pause(self._manner.think_s)
        await self._door.post(
            f"work-items/{work_item_id}/wrap-up",
            {"code": self._manner.wrap_up_code},
            key=f"wrap_up/{work_item_id}",
        )

    async def _pause(self, longest_s: float) -> None:
        await asyncio.sleep(self._random.uniform(0, longest_s))

    def _note(self, message: Mapping[str, Any]) -> None:
        body = message["body"]
        self._log.note(
            Noted.HEARD,
            {
                "tenant_id": self.identity.tenant_id,
                "agent_id": self.identity.agent_id,
                "type": message["type"],
                "cursor": message["cursor"],
                "traceparent": message["traceparent"],
                "conversation_id": body.get("conversation_id"),
                "work_item_id": body.get("work_item_id"),
            },
        )
