"""Waves of customers who were promised an answer, so that much falls due at one known moment."""

import asyncio
import random
from collections.abc import Coroutine, Mapping
from typing import Any

from libs.common import clock
from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence
from libs.common.identifiers import event_id_of, fresh_event_id
from tests.chaos.desks import ACKNOWLEDGED, UNDER_WAY, Desk, Outside
from tests.chaos.promised import (
    AGENT,
    FIRST_RESPONSE_S,
    NOBODYS,
    REPEATED,
    SERVED,
    configuration,
    message,
)
from tests.e2e.checker.counting import Counted
from tests.integration.services.router.traffic import Traffic

NOBODYS_EACH, SERVED_EACH = 6, 3
# So long before or after the time that it falls due, something is done to it.
AROUND_S = 0.4
CLOSE_SHARE = 1 / 3


class Waves:
    """All that is promised on these desks, until nothing of it can fire any more."""

    def __init__(self, desks: Mapping[Desk, Traffic], outside: Outside, *, seed: int) -> None:
        self._traffic = {(desk.tenant_id, desk.desk_id): one for desk, one in desks.items()}
        self._desks = tuple(desks)
        self._outside = outside
        self._random = random.Random(seed)
        self._written = self._begun = 0
        self._running: set[str] = set()
        self._due_s = 0.0
        self._deeds: set[asyncio.Task[None]] = set()
        self.failures: list[BaseException] = []

    @property
    def is_over(self) -> bool:
        """Whether everything that was promised has an end: an answer, or its last level."""
        return self._begun == self._written and not self._running and not self._deeds

    async def open(self) -> None:
        """The desks are configured, their agents there."""
        for traffic in self._traffic.values():
            await traffic.say(e.DeskConfigured(configuration=configuration()))
            await traffic.say(_connected())
            await traffic.say(e.AgentPresenceSet(agent_id=AGENT, presence=Presence.AVAILABLE))

    async def write_and_wait(self) -> None:
        """A wave on each desk; returns around the time when all of it falls due."""
        self._due_s = clock.monotonic_s() + FIRST_RESPONSE_S
        wave = f"customer-{self._written}"
        topics = [*[NOBODYS] * NOBODYS_EACH, *[SERVED] * SERVED_EACH]
        self._written += len(topics) * len(self._desks)
        await asyncio.gather(
            *(
                self._write(desk, f"{wave}-{number}", topic)
                for desk in self._desks
                for number, topic in enumerate(topics)
            )
        )
        await asyncio.sleep(self._until_around_due_s())

    def hear(self, counted: Counted) -> None:
        """Take a counted record in; of other desks it is none of ours."""
        for decision in counted.record.decisions:
            if (decision.tenant_id, decision.desk_id) in self._traffic:
                self._hear(decision)

    def leave(self) -> None:
        """Nobody does anything more."""
        for deed in self._deeds:
            deed.cancel()

    def _hear(self, decision: d.Decision) -> None:
        match decision:
            case d.SlaStarted():
                self._begun += 1
                self._running.add(decision.conversation_id)
            case d.WorkItemAssigned():
                self._do(self._see_to(decision))
            case d.AgentConnectionChanged() if decision.connection_id is None:
                self._do(self._say(decision, _connected()))
            case d.ConversationClosed():
                self._running.discard(decision.conversation_id)
            case d.EscalationFired() if (decision.level, decision.repeat) == (REPEATED, 1):
                self._running.discard(decision.conversation_id)
            case _:
                pass

    async def _see_to(self, assigned: d.WorkItemAssigned) -> None:
        """The agent answers and closes, or only closes, around the time that it falls due."""
        conversation_id = assigned.conversation_id
        await asyncio.sleep(self._until_around_due_s())
        if self._random.random() > CLOSE_SHARE:
            reply = e.ReplySent(agent_id=AGENT, conversation_id=conversation_id, text="Answer")
            await self._say(assigned, reply)
        await self._say(assigned, e.CloseRequested(agent_id=AGENT, conversation_id=conversation_id))

    def _until_around_due_s(self) -> float:
        around_s = self._random.uniform(-AROUND_S, AROUND_S)
        return max(0.0, self._due_s + around_s - clock.monotonic_s())

    async def _write(self, desk: Desk, name: str, topic: str) -> None:
        written = message(desk, name, topic)
        event_id = event_id_of(
            endpoint=desk.endpoint_id, provider_message_id=written.provider_message_id
        )
        self._outside.sent(desk, written, status=UNDER_WAY)
        await self._traffic[desk.tenant_id, desk.desk_id].say(written, event_id=event_id)
        self._outside.sent(desk, written, status=ACKNOWLEDGED)

    async def _say(self, on: d.Decision, data: e.EventData) -> None:
        await self._traffic[on.tenant_id, on.desk_id].say(data)

    def _do(self, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(deed)
        self._deeds.add(task)
        task.add_done_callback(self._done)

    def _done(self, deed: "asyncio.Task[None]") -> None:
        self._deeds.discard(deed)
        error = None if deed.cancelled() else deed.exception()
        if error is not None:
            self.failures.append(error)


def _connected() -> e.AgentConnected:
    return e.AgentConnected(
        agent_id=AGENT, connection_id=f"connection-{fresh_event_id()}", replica_id="notifier-0"
    )
