"""Records as the services see them: plain values, no client library."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aiokafka.partitioner import murmur2

from libs.common.values import value

RecordHeaders = tuple[tuple[str, bytes], ...]
SendHeaders = Sequence[tuple[str, bytes]]

# A desk's key is short and repeats; hashing it in pure Python costs more than sending it.
PARTITION_CACHE_SIZE = 65_536
_INT32_MAX = 0x7FFFFFFF


@value
class Record:
    """One record as read: `timestamp_ms` is the broker's append time; null headers are empty."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: RecordHeaders = ()
    timestamp_ms: int = 0

    @property
    def place(self) -> str:
        """Where it stands, as "topic/partition/offset": safe for logs."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlace:
    """Where a published record stands.

    `offset` is -1 when the broker knew the record from an earlier try and names no place.
    `timestamp_ms` is the broker's append time.
    """

    partition: int
    offset: int
    timestamp_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionBatch:
    """Records of one partition in their order; never empty."""

    topic: str
    partition: int
    records: tuple[Record, ...]

    @property
    def next_offset(self) -> int:
        """The offset that follows the batch: the position once it is done."""
        return self.records[-1].offset + 1


class StalePositionError(Exception):
    """The stored position is not what this reader believed: another owner of the partition
    was faster. The reader asks for the position anew; nothing is dead-lettered.
    """


BatchHandler = Callable[[PartitionBatch], Awaitable[None]]
SkipHandler = Callable[[Record], Awaitable[None]]
PositionReader = Callable[[str, int], Awaitable[int | None]]


@lru_cache(maxsize=PARTITION_CACHE_SIZE)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition that every keyed producer of ours puts this key in."""
    return int((murmur2(key) & _INT32_MAX) % partitions)
