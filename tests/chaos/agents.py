"""Agents who answer to what the router decides: accept, reject, ignore, reply, park, transfer,
close, wrap up; and who come back when the router took them for absent.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common import clock
from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence
from libs.common.identifiers import fresh_event_id
from tests.chaos.desks import Desk, Outside
from tests.e2e.checker.counting import Counted
from tests.integration.services.router.traffic import Traffic

THINK_S = (0.02, 0.4)
REJECT_SHARE, IGNORE_SHARE = 0.1, 0.05
PARK_SHARE, TRANSFER_SHARE = 0.1, 0.05
# Who still owns a conversation after so long says again that it is over.
REMIND_AFTER_S = 4.0
REMIND_EVERY_S = 1.0

DeskKey = tuple[str, str]


@dataclass(slots=True)
class Owned:
    """A conversation and its owner, who did something about it last at `since_s`."""

    desk: DeskKey
    agent_id: str
    since_s: float


class Agents:
    """All agents of all desks."""

    def __init__(self, desks: Mapping[Desk, Traffic], outside: Outside, *, seed: int) -> None:
        self._desks = {(desk.tenant_id, desk.desk_id): desk for desk in desks}
        self._traffic = {(desk.tenant_id, desk.desk_id): one for desk, one in desks.items()}
        self._outside = outside
        self._random = random.Random(seed)
        self._deeds: set[asyncio.Task[None]] = set()
        self._owned: dict[str, Owned] = {}
        self.open: set[str] = set()
        self.failures: list[BaseException] = []

    @property
    def is_idle(self) -> bool:
        """Whether nothing is open and nobody is about to do anything."""
        return not self.open and not self._deeds

    def hear(self, counted: Counted) -> None:
        """Take a counted record in, and decide what to do about it; other desks have others."""
        for decision in counted.record.decisions:
            if _desk(decision) in self._desks:
                self._keep_books(decision)
                self._react(decision)

    async def remind(self) -> None:
        """Close what was left lying; runs until cancelled."""
        while True:
            await asyncio.sleep(REMIND_EVERY_S)
            for conversation_id, owned in tuple(self._owned.items()):
                if clock.monotonic_s() - owned.since_s > REMIND_AFTER_S:
                    owned.since_s = clock.monotonic_s()
                    close = e.CloseRequested(
                        agent_id=owned.agent_id, conversation_id=conversation_id
                    )
                    self._do(owned.desk, close)

    def leave(self) -> None:
        """Nobody does anything more."""
        for deed in self._deeds:
            deed.cancel()

    def _keep_books(self, decision: d.Decision) -> None:
        match decision:
            case d.ConversationOpened() | d.ConversationReopened():
                self.open.add(decision.conversation_id)
            case d.ConversationClosed():
                self.open.discard(decision.conversation_id)
                self._owned.pop(decision.conversation_id, None)
            case d.WorkItemQueued():
                self._owned.pop(decision.conversation_id, None)
            case (
                d.WorkItemAssigned()
                | d.WorkItemParked()
                | d.WorkItemSnoozed()
                | d.WorkItemHeld()
                | d.WorkItemResumed()
            ):
                self._owned[decision.conversation_id] = Owned(
                    _desk(decision), decision.agent_id, clock.monotonic_s()
                )
            case _:
                pass

    def _react(self, decision: d.Decision) -> None:
        match decision:
            case d.ReservationOpened():
                self._answer(decision)
            case d.WorkItemAssigned():
                self._work(decision)
            case d.WorkItemWrappingUp():
                finished = e.WrapUpFinished(
                    agent_id=decision.agent_id, work_item_id=decision.work_item_id
                )
                self._do(_desk(decision), finished)
            case d.AgentPresenceChanged() if decision.presence is not Presence.AVAILABLE:
                self._do(_desk(decision), _available(decision.agent_id))
            case d.AgentConnectionChanged() if decision.connection_id is None:
                self._do(_desk(decision), _connected(decision.agent_id))
            case _:
                pass

    def _answer(self, offer: d.ReservationOpened) -> None:
        chance = self._random.random()
        if chance < IGNORE_SHARE:
            return
        is_rejected = chance < IGNORE_SHARE + REJECT_SHARE
        answer = e.ReservationRejected if is_rejected else e.ReservationAccepted
        self._do(_desk(offer), answer(agent_id=offer.agent_id, reservation_id=offer.reservation_id))

    def _work(self, assigned: d.WorkItemAssigned) -> None:
        agent_id, conversation_id = assigned.agent_id, assigned.conversation_id
        reply = e.ReplySent(agent_id=agent_id, conversation_id=conversation_id, text="Answer")
        chance = self._random.random()
        end: e.EventData = e.CloseRequested(agent_id=agent_id, conversation_id=conversation_id)
        if chance < PARK_SHARE:
            end = e.ParkRequested(agent_id=agent_id, conversation_id=conversation_id)
        elif chance < PARK_SHARE + TRANSFER_SHARE:
            end = e.TransferRequested(
                agent_id=agent_id, conversation_id=conversation_id, queue_id="general"
            )
        self._do(_desk(assigned), reply, end)

    def _do(self, desk: DeskKey, *deeds: e.EventData) -> None:
        deed = asyncio.create_task(self._do_after_thought(desk, deeds))
        self._deeds.add(deed)
        deed.add_done_callback(self._done)

    async def _do_after_thought(self, desk: DeskKey, deeds: tuple[e.EventData, ...]) -> None:
        for data in deeds:
            await asyncio.sleep(self._random.uniform(*THINK_S))
            event_id = fresh_event_id()
            await self._traffic[desk].say(data, event_id=event_id)
            agent_id = getattr(data, "agent_id", "")
            self._outside.acted(
                self._desks[desk], agent_id=agent_id, deed=type(data).__name__, event_id=event_id
            )

    def _done(self, deed: "asyncio.Task[None]") -> None:
        self._deeds.discard(deed)
        error = None if deed.cancelled() else deed.exception()
        if error is not None:
            self.failures.append(error)


def _desk(decision: d.Decision) -> DeskKey:
    return (decision.tenant_id, decision.desk_id)


def _available(agent_id: str) -> e.EventData:
    return e.AgentPresenceSet(agent_id=agent_id, presence=Presence.AVAILABLE)


def _connected(agent_id: str) -> e.EventData:
    return e.AgentConnected(
        agent_id=agent_id, connection_id=f"connection-{fresh_event_id()}", replica_id="notifier-0"
    )
