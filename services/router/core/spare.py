"""Agents with equal free units, ordered by idle time only when somebody asks.

Asked for once in a while (whom to keep for a heavy item, R6), changed with every offer. So it is a
heap in which whoever left, or worked since, stays behind until it surfaces.
"""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush, heapreplace

STALE_FACTOR = 3
STALE_MIN = 64


class Spare:
    """The agents, by id. What is known of their idle time may be old: it only ever grows."""

    __slots__ = ("_heap", "_since_ms")

    def __init__(self) -> None:
        self._heap: list[tuple[int, str]] = []
        self._since_ms: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._since_ms)

    def __iter__(self) -> Iterator[str]:
        return iter(self._since_ms)

    def add(self, agent_id: str, idle_since_ms: int) -> None:
        """An agent has this many free units now."""
        self._since_ms[agent_id] = idle_since_ms
        heappush(self._heap, (idle_since_ms, agent_id))
        if len(self._heap) > STALE_FACTOR * len(self._since_ms) + STALE_MIN:
            self._heap = [(since_ms, name) for name, since_ms in self._since_ms.items()]
            heapify(self._heap)

    def remove(self, agent_id: str) -> None:
        """The agent has not."""
        del self._since_ms[agent_id]

    @property
    def earliest(self) -> tuple[int, str]:
        """Since when, at the longest, any of them is idle, and who that would be."""
        return self._heap[0]

    def first(
        self, idle_since_ms: Callable[[str], int], suits: Callable[[str], bool]
    ) -> tuple[int, str] | None:
        """The longest idle who suits (ties by id), and since when; None if nobody does."""
        heap, passed = self._heap, []
        found = None
        while heap:
            since_ms, agent_id = first = heap[0]
            if self._since_ms.get(agent_id) != since_ms:
                heappop(heap)
            elif (now_ms := idle_since_ms(agent_id)) != since_ms:
                self._since_ms[agent_id] = now_ms
                heapreplace(heap, (now_ms, agent_id))
            elif suits(agent_id):
                found = first
                break
            else:
                passed.append(heappop(heap))
        for one in passed:
            heappush(heap, one)
        return found
