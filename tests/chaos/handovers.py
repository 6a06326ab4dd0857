"""How long each partition stood still at each takeover, read from the log alone.

The times are the broker's append times. A partition that is steadily spoken to stands still from
the last counted record of one owner's epoch to the first of the next one's.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from libs.common.contracts.records import EpochStarted, decode_record
from tests.chaos.fleet import Mark
from tests.e2e.checker import RawRecord
from tests.e2e.checker.counting import count

# The last record before a fault may be a little older than the fault.
QUIET_MS_MAX = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A partition's way from one epoch that decided something to the next one that did."""

    partition: int
    from_owner: str
    to_owner: str
    began_ms: int
    ended_ms: int

    @property
    def is_move(self) -> bool:
        """Whether the owner is another; else the same one took it over again."""
        return self.from_owner != self.to_owner

    @property
    def stood_still_s(self) -> float:
        """Seconds without a decision."""
        return (self.ended_ms - self.began_ms) / 1000


@dataclass(frozen=True, slots=True)
class Consequence:
    """What followed from one thing that was done to a replica."""

    mark: Mark
    handovers: tuple[Handover, ...]

    @property
    def moved(self) -> tuple[Handover, ...]:
        """Those whose owner changed."""
        return tuple(one for one in self.handovers if one.is_move)

    @property
    def kept(self) -> tuple[Handover, ...]:
        """Those that the same owner had to take over again."""
        return tuple(one for one in self.handovers if not one.is_move)

    def until_decided_s(self, handover: Handover) -> float:
        """Seconds from what was done to the first new decision."""
        return (handover.ended_ms - self.mark.at_ms) / 1000


def handovers(decisions: Sequence[RawRecord]) -> list[Handover]:
    """All of them, in the order in which they began."""
    counted = {(one.partition, one.offset): one.record.epoch for one in count(decisions).all()}
    owners: dict[tuple[int, int], str] = {}
    spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for raw in decisions:
        if dict(raw.headers).get("kind") == b"epoch":
            record = decode_record(raw.value)
            assert isinstance(record, EpochStarted)
            owners[raw.partition, raw.offset] = record.owner
        epoch = counted.get((raw.partition, raw.offset))
        if epoch is not None:
            _extend(spans[raw.partition], epoch, raw.time_ms)
    found = [
        Handover(
            partition=partition,
            from_owner=owners[partition, before],
            to_owner=owners[partition, after],
            began_ms=began_ms,
            ended_ms=ended_ms,
        )
        for partition, tenures in spans.items()
        for (before, _, began_ms), (after, ended_ms, _) in pairwise(tenures)
    ]
    return sorted(found, key=lambda one: (one.began_ms, one.partition))


def consequences(marks: Sequence[Mark], found: Iterable[Handover]) -> list[Consequence]:
    """Each handover laid at the door of the last thing that was done before it began."""
    by_mark: dict[int, list[Handover]] = defaultdict(list)
    for one in found:
        before = [
            place for place, mark in enumerate(marks) if mark.at_ms <= one.began_ms + QUIET_MS_MAX
        ]
        if before:
            by_mark[before[-1]].append(one)
    return [Consequence(mark, tuple(by_mark[place])) for place, mark in enumerate(marks)]


def _extend(tenures: list[tuple[int, int, int]], epoch: int, time_ms: int) -> None:
    """Each tenure is its epoch, and the times of its first and its last counted record."""
    if tenures and tenures[-1][0] == epoch:
        tenures[-1] = (epoch, tenures[-1][1], time_ms)
    else:
        tenures.append((epoch, time_ms, time_ms))
