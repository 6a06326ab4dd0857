"""Readers of the simulated log: one that remembers, one that starts anew each time it is killed."""

from libs.common.decision_log import LogPosition, Verdict, judge
from tests.simulation.broker import Partition
from tests.simulation.oracle import Oracle, require


class Reader:
    """Reads with the shared rule and keeps the offsets that count, as its effects."""

    def __init__(self, partition: Partition, *, has_memory: bool) -> None:
        self._partition = partition
        self._has_memory = has_memory
        self._position = LogPosition()
        self._effects: list[int] = []
        self._began_at = 0
        self.kill()

    @property
    def next_offset(self) -> int:
        """The offset to be read next."""
        return self._position.offset + 1

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read."""
        return self._position.offset + 1 < len(self._partition.decisions)

    def step(self) -> None:
        """Read one record; position and effects are stored together."""
        offset = self._position.offset + 1
        header = self._partition.decisions[offset].header
        self._position, verdict = judge(self._position, offset, header)
        if verdict is Verdict.COUNTS:
            self._effects.append(offset)

    def kill(self) -> None:
        """Die and come back: with the stored position, or without any."""
        if self._has_memory:
            self._position = self._remembered(self._position)
            return
        self._began_at = self._partition.decisions_start
        self._effects = []
        self._position = LogPosition(offset=self._began_at - 1)

    def check(self, oracle: Oracle) -> None:
        """The effects are the counted records, of those that it could know to count."""
        start = self._began_at
        while start < len(self._partition.decisions) and self._is_inside(start):
            start += 1
        expected = [offset for offset in oracle.counted if start <= offset <= self._position.offset]
        require(self._effects == expected, "every reader sees the same records count")

    def _is_inside(self, offset: int) -> bool:
        header = self._partition.decisions[offset].header
        return header is None or not header.nonce

    def _remembered(self, position: LogPosition) -> LogPosition:
        return position
