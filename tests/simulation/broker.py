"""The simulated partition of each topic, and producers that fail in every way that was seen."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from libs.common.contracts.records import Headers, RecordHeader, read_headers


@dataclass(frozen=True, slots=True)
class Stored:
    """A record of the decisions partition, and the state's hashes around its decision."""

    header: RecordHeader | None
    value: bytes
    hash_before: str
    hash_after: str


@dataclass(slots=True)
class Partition:
    """The two logs. Offsets below `start` are gone."""

    decisions: list[Stored] = field(default_factory=list)
    decisions_start: int = 0
    events: list[tuple[int, bytes | None]] = field(default_factory=list)
    events_start: int = 0


class Fate(StrEnum):
    """What becomes of one record that a producer was given."""

    LANDED = "landed"
    LANDED_ACK_LOST = "landed_ack_lost"
    FAILED_ALONE = "failed_alone"
    FAILED_FOR_GOOD = "failed_for_good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One record queued in a producer, with what its owner wants to hear."""

    value: bytes
    headers: Headers
    hash_before: str = ""
    hash_after: str = ""
    on_acked: Callable[[int], None]
    on_failed: Callable[[], None]


class Producer:
    """Sends in order. One record may fail alone (a hole); after a refusal all later ones fail.

    Closing waits for nothing: what is queued may land late, or never.
    """

    def __init__(self, name: str, partition: Partition) -> None:
        self.name = name
        self._partition = partition
        self._queue: deque[Send] = deque()
        self.is_closed = False
        self.is_refused = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is queued."""
        return not self._queue

    def send(self, send: Send) -> None:
        """Queue one record."""
        self._queue.append(send)

    def step(self, fate: Fate) -> tuple[Fate, int]:
        """Deal with the oldest record; returns its fate and (if landed) its offset."""
        send = self._queue.popleft()
        if self.is_refused:
            fate = Fate.FAILED_FOR_GOOD
        if fate is Fate.FAILED_FOR_GOOD:
            self.is_refused = True
        if fate in (Fate.FAILED_ALONE, Fate.FAILED_FOR_GOOD):
            send.on_failed()
            return fate, -1
        header = read_headers(send.headers)
        self._partition.decisions.append(
            Stored(header, send.value, send.hash_before, send.hash_after)
        )
        offset = len(self._partition.decisions) - 1
        if fate is Fate.LANDED:
            send.on_acked(offset)
        else:
            send.on_failed()
        return fate, offset
