"""Waits until all that was begun is finished: as long as there is progress, and no longer."""

import asyncio
from dataclasses import dataclass, field

from libs.common import clock
from libs.common.contracts.decisions import (
    ConversationClosed,
    ConversationOpened,
    ConversationReopened,
    DeliveryFiled,
    MessageFiled,
    ReplyFiled,
)
from libs.common.contracts.terms import DeliveryOutcome
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS
from tests.e2e.checker.collecting import last_offsets, stored_timeline
from tests.e2e.checker.counting import Counted, Counting
from tests.e2e.checker.reading import TopicReader

POLL_S = 1.0
STALL_S = 45.0
SETTLING_S_MAX = 150.0


class NotSettledError(AssertionError):
    """Something that was begun does not come to its end."""


@dataclass(slots=True)
class Account:
    """What counted decisions say is open, and what was ever filed."""

    open: set[str] = field(default_factory=set)
    undelivered: dict[str, ReplyFiled] = field(default_factory=dict)
    replies: list[ReplyFiled] = field(default_factory=list)
    said: int = 0
    records: int = 0

    def add(self, counted: Counted) -> None:
        """Take one more counted record in."""
        self.records += 1
        for decision in counted.record.decisions:
            match decision:
                case ConversationOpened() | ConversationReopened():
                    self.open.add(decision.conversation_id)
                case ConversationClosed():
                    self.open.discard(decision.conversation_id)
                case MessageFiled():
                    self.said += 1
                case ReplyFiled():
                    self.said += 1
                    self.undelivered[decision.reply_id] = decision
                    self.replies.append(decision)
                case DeliveryFiled() if decision.outcome is not DeliveryOutcome.FAILED:
                    self.undelivered.pop(decision.reply_id, None)
                case _:
                    pass


class Settling:
    """Follows the logs of one run from its first poll on; asked again it goes on from there."""

    def __init__(self, *, bootstrap_servers: str, mongodb_uri: str, mongodb_database: str) -> None:
        self.account = Account()
        self._bootstrap_servers = bootstrap_servers
        self._mongodb = (mongodb_uri, mongodb_database)
        self._counting = Counting()
        self._reader: TopicReader | None = None
        self._fed = 0
        self._taken: dict[int, int] = {}
        self._due: dict[int, int] = {}

    async def start(self) -> None:
        """Connect to the log."""
        self._reader = TopicReader(self._bootstrap_servers, (ROUTING_EVENTS, ROUTING_DECISIONS))
        await self._reader.start()

    async def stop(self) -> None:
        """Disconnect."""
        if self._reader is not None:
            await self._reader.stop()

    async def settle(self) -> float:
        """Return, with the seconds it took, when nothing is open, undelivered or unremembered.

        Raises NotSettledError, naming what is left, after `STALL_S` without progress.
        """
        began_s = moved_s = clock.monotonic_s()
        self._due = {}
        progress: tuple[int, ...] = ()
        while True:
            left = await self._left()
            now_s = clock.monotonic_s()
            if not any(left.values()):
                return now_s - began_s
            # Liveness never ends, so records alone are no progress.
            seen = (*left.values(), self.account.said)
            if seen != progress:
                progress, moved_s = seen, now_s
            if now_s - moved_s > STALL_S or now_s - began_s > SETTLING_S_MAX:
                raise NotSettledError(self._told(left))
            await asyncio.sleep(POLL_S)

    async def _left(self) -> dict[str, int]:
        assert self._reader is not None
        await self._reader.read_to_end()
        decisions = self._reader.records[ROUTING_DECISIONS]
        self._counting.feed(decisions[self._fed :])
        self._fed = len(decisions)
        for partition, counted in self._counting.counted.items():
            for one in counted[self._taken.get(partition, 0) :]:
                self.account.add(one)
            self._taken[partition] = len(counted)
        last = last_offsets(self._reader.records[ROUTING_EVENTS])
        # Liveness and ticks never end, so what counts is what stood there at the look before.
        due, self._due = self._due, last
        undecided = sum(
            max(0, offset - self._decided(partition)) for partition, offset in due.items()
        )
        return {
            "undecided events": undecided if due else len(last),
            "open conversations": len(self.account.open),
            "undelivered replies": len(self.account.undelivered),
            "unremembered": self.account.said - await self._remembered(),
        }

    def _decided(self, partition: int) -> int:
        counted = self._counting.counted[partition]
        return counted[-1].record.event_offset if counted else -1

    async def _remembered(self) -> int:
        wanted = {"origin": "routing", "kind": {"$in": ["message", "reply"]}}
        async with stored_timeline(*self._mongodb) as entries:
            return await entries.count_documents(wanted)

    def _told(self, left: dict[str, int]) -> str:
        counts = ", ".join(f"{count} {what}" for what, count in left.items() if count)
        examples = [*sorted(self.account.open)[:3], *sorted(self.account.undelivered)[:3]]
        return f"left without progress: {counts}; such as {', '.join(examples)}"
