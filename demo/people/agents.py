"""The demo's agents: they read the transcript, answer as the real agent did, and close at the end.

To be offered work, to accept, to think and to wrap up is what every simulated agent does.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx

from demo.people.answers import AnswerBook
from demo.people.memory import Memory
from demo.people.record import Record
from deploy.local.simulated.agents import AgentIdentity, Manner, SimulatedAgent
from deploy.local.simulated.http_connections import HttpConnections
from deploy.local.simulated.provider_log import ProviderLog

TRANSCRIPT_ATTEMPTS = 50
TRANSCRIPT_WAIT_S = 0.1


class DemoAgent(SimulatedAgent):
    """One agent at work from `run` until it is cancelled; what the socket says is recorded."""

    def __init__(
        self,
        identity: AgentIdentity,
        *,
        http: HttpConnections,
        notifier_url: str,
        log: ProviderLog,
        manner: Manner,
        memory: Memory,
        book: AnswerBook,
        record: Record,
    ) -> None:
        super().__init__(identity, http=http, notifier_url=notifier_url, log=log, manner=manner)
        self._memory = memory
        self._book = book
        self._record = record
        self._answered: set[str] = set()
        self._settled: set[str] = set()
        # Messages that are being answered, by conversation, until the answers are filed.
        self._owed = Counter[str]()

    async def _hear(self, message: Mapping[str, Any]) -> None:
        self._record.agent_hears(self.identity.agent_id, message)
        body = message["body"]
        if message["type"] == "reply.filed" and body["agent_id"] == self.identity.agent_id:
            self._owed[body["conversation_id"]] -= 1
        await super()._hear(message)

    def _keep_account(self, message_type: str, body: Mapping[str, Any]) -> None:
        if message_type == "work_item.assigned":
            self._owed[body["conversation_id"]] = 0
        super()._keep_account(message_type, body)
        if message_type == "message.filed" and body["owner_id"] == self.identity.agent_id:
            conversation_id, message_id = body["conversation_id"], body["message_id"]
            if self._takes_on(conversation_id, message_id):
                self._do(self._answer(conversation_id, message_id, _address(body)))

    async def _serve(self, assigned: Mapping[str, Any]) -> None:
        """Read what was said so far, and answer all of it that nobody has answered."""
        conversation_id = assigned["conversation_id"]
        asked = await self._not_answered_yet(conversation_id)
        mine = [one for one in asked if self._takes_on(conversation_id, one[0])]
        for message_id, address in mine:
            await self._answer(conversation_id, message_id, address)

    async def _not_answered_yet(self, conversation_id: str) -> list[tuple[str, str]]:
        # The memory is a moment behind the router, and may be away for a moment.
        for _ in range(TRANSCRIPT_ATTEMPTS):
            with suppress(httpx.HTTPError):
                entries = await self._memory.transcript(conversation_id)
                asked = [
                    (entry["entry_id"].removeprefix("message/"), entry["address"])
                    for entry in entries
                    if entry["kind"] == "message"
                ]
                if asked:
                    # A notice answers nobody.
                    return asked[sum(_is_by_agent(entry) for entry in entries) :]
            await asyncio.sleep(TRANSCRIPT_WAIT_S)
        return []

    def _takes_on(self, conversation_id: str, message_id: str) -> bool:
        """Whether it is new; then the conversation is not over until it is answered."""
        if message_id in self._answered:
            return False
        self._answered.add(message_id)
        self._owed[conversation_id] += 1
        return True

    async def _answer(self, conversation_id: str, message_id: str, address: str) -> None:
        await self._pause(self._manner.write_s)
        answer = self._book.answer_to(address, message_id)
        self._settled.discard(conversation_id)
        if answer.is_last:
            self._settled.add(conversation_id)
        self._record.answered_by[address] = self.identity.agent_id
        await self._door.post(
            f"conversations/{conversation_id}/replies",
            {"text": answer.text},
            key=f"reply/{message_id}",
        )

    def _closing(self, filed: Mapping[str, Any]) -> dict[str, Any]:
        # Whoever writes at this very moment is answered first; the next reply closes.
        return {"after_sequence": filed["sequence"]}

    def _is_done_with(self, conversation_id: str) -> bool:
        return conversation_id in self._settled and self._owed[conversation_id] <= 0


def _is_by_agent(entry: Mapping[str, Any]) -> bool:
    return entry["kind"] == "reply" and bool(entry["agent_id"])


def _address(filed: Mapping[str, Any]) -> str:
    return str(filed["reply_to"]["address"])
