"""What of the spill has not gone on to the router yet, as of a moment after the question."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from libs.common import clock
from libs.common.errors import UnavailableError
from services.ingest.coalescing import Coalesced

# How often Kafka is asked at most, whatever the number of senders.
ENDS_INTERVAL_S = 0.003
DONE_INTERVAL_S = 0.005


class Progress(Protocol):
    """What is asked of Kafka; `libs.common.kafka_progress.GroupProgress` is the real one."""

    async def ends(self) -> dict[int, int]:
        """The offset after the last acknowledged record, by partition. Raises UnavailableError."""

    async def done_to(self, partition: int) -> int:
        """Everything below this offset has gone on. Raises UnavailableError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The spilled records of a partition that may still wait: from `done_to`, below `end`."""

    done_to: int
    end: int

    @property
    def events(self) -> int:
        """How many they are at most."""
        return max(0, self.end - self.done_to)


class SpillWatch:
    """Answers for one replica, with as few questions to Kafka as there can be.

    What has gone on stays gone on, so the greatest `done_to` ever seen holds; where a partition
    ends is asked anew each time. Who waits for the same is told in the order of asking.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._ends = Coalesced(progress.ends, interval_s=ENDS_INTERVAL_S)
        self._done: dict[int, _Done] = {}

    async def waiting(self, partitions: Iterable[int]) -> dict[int, Stretch]:
        """What waits in each of these partitions. Raises UnavailableError."""
        ends = await self._ends.ask()
        return {
            partition: Stretch(
                done_to=await self._done_in(partition).at_least(ends[partition]),
                end=ends[partition],
            )
            for partition in partitions
        }

    async def has_passed(self, partition: int, end: int, *, deadline_s: float) -> bool:
        """Wait until everything below `end` has gone on: False when it had not at the deadline,
        a moment of the monotonic clock. Raises UnavailableError.
        """
        return await self._done_in(partition).reaches(end, deadline_s=deadline_s)

    def _done_in(self, partition: int) -> "_Done":
        if partition not in self._done:
            self._done[partition] = _Done(lambda: self._progress.done_to(partition))
        return self._done[partition]


class _Done:
    """How far one partition is known to have gone on, and who waits for more."""

    def __init__(self, read: Callable[[], Awaitable[int]]) -> None:
        self._reader = Coalesced(read, interval_s=DONE_INTERVAL_S)
        self._known = 0
        self._waiters: dict[asyncio.Future[None], int] = {}
        self._polling: asyncio.Task[None] | None = None

    async def at_least(self, wanted: int) -> int:
        """The latest known, asked anew only when it is less than what is wanted."""
        if self._known < wanted:
            self._note(await self._reader.ask())
        return self._known

    async def reaches(self, end: int, *, deadline_s: float) -> bool:
        """Whether it is known to reach `end` before the deadline."""
        if self._known >= end:
            # Behind those who were told just now, and have not had their turn yet.
            await asyncio.sleep(0)
            return True
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters[told] = end
        if self._polling is None:
            self._polling = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(deadline_s - clock.monotonic_s()):
                await told
        except TimeoutError:
            return False
        finally:
            self._waiters.pop(told, None)
        return True

    async def _poll(self) -> None:
        """Ask on behalf of all who wait, until nobody does."""
        try:
            while self._waiters:
                self._note(await self._reader.ask())
        except UnavailableError as error:
            for told in self._waiters:
                if not told.done():
                    told.set_exception(UnavailableError(str(error)))
        finally:
            self._polling = None

    def _note(self, done_to: int) -> None:
        self._known = max(self._known, done_to)
        for told in [told for told, end in self._waiters.items() if end <= self._known]:
            del self._waiters[told]
            if not told.done():
                told.set_result(None)
