"""Follows the decision log of all partitions while it grows, as any honest reader would."""

import asyncio
from collections.abc import Callable

from libs.common import clock
from libs.common.contracts.topics import ROUTING_DECISIONS
from tests.chaos.waiting import until
from tests.e2e.checker.counting import Counted, Counting
from tests.e2e.checker.reading import TopicReader

LOOK_EVERY_S = 0.05


class Following:
    """Hands each counted record on, once, in the order of its partition."""

    def __init__(
        self, bootstrap_servers: str, *, partitions: int, hear: Callable[[Counted], None]
    ) -> None:
        self._reader = TopicReader(bootstrap_servers, (ROUTING_DECISIONS,))
        self._partitions = partitions
        self._hear = hear
        self._counting = Counting()
        self._fed = 0
        self._heard: dict[int, int] = {}

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._reader.start()
        try:
            while True:
                await self._reader.read_to_end()
                self._hand_on()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await self._reader.stop()

    @property
    def records(self) -> int:
        """How many records count so far."""
        return sum(map(len, self._counting.counted.values()))

    @property
    def void(self) -> int:
        """How many records there are that do not count."""
        return self._counting.void

    def decided(self, partition: int) -> int:
        """The offset of the partition's last decided event; -1: none."""
        counted = self._counting.counted[partition]
        return counted[-1].record.event_offset if counted else -1

    async def until_all_decide(self, *, within_s: float) -> float:
        """Wait until every partition has decided something that was said from now on; returns
        the seconds.
        """
        now_ms = clock.now_ms()
        return await until(
            "a decision on every partition", lambda: not self._behind(now_ms), within_s=within_s
        )

    def _behind(self, now_ms: int) -> list[int]:
        """The partitions whose engine time has not come so far."""
        counted = self._counting.counted
        return [
            partition
            for partition in range(self._partitions)
            if not counted[partition] or counted[partition][-1].record.now_ms <= now_ms
        ]

    def _hand_on(self) -> None:
        records = self._reader.records[ROUTING_DECISIONS]
        self._counting.feed(records[self._fed :])
        self._fed = len(records)
        for partition, counted in self._counting.counted.items():
            for one in counted[self._heard.get(partition, 0) :]:
                self._hear(one)
            self._heard[partition] = len(counted)
