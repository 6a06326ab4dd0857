"""What must be true, worked out from the log alone and independently of the code under test.

The rule is written out here once more, on purpose in other words than `decision_log.judge`: the
counted records of an epoch are the unbroken run 1, 2, 3, ... of those that stand between its start
and the next start.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from libs.common.contracts.decisions import EventRefused
from libs.common.contracts.events import ClockTicked
from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    RecordKind,
    decode_record,
)
from libs.common.contracts.terms import DEAD_LETTER_REASONS
from services.router.core.ownership_effects import StoredSave
from services.router.core.ownership_limits import Decider
from tests.simulation.broker import Partition, Stored


class BrokenPromiseError(AssertionError):
    """A promise of the protocol was broken."""


class HashedDecider(Decider, Protocol):
    """An engine whose state can be compared."""

    def canonical_hash(self) -> str:
        """The whole state in one word."""


def require(condition: bool, promise: str) -> None:  # noqa: FBT001 - a claim, as in assert
    """Raise BrokenPromiseError unless the promise was kept."""
    if not condition:
        raise BrokenPromiseError(promise)


@dataclass(slots=True)
class Oracle:
    """Judges and folds each record as it lands."""

    partition: Partition
    shadow: HashedDecider
    restore: Callable[[StoredSave], HashedDecider]
    fold: Callable[[DecisionRecord, bytes | None, str], None]
    counted: list[int] = field(default_factory=list)
    records: dict[int, DecisionRecord] = field(default_factory=dict)
    hash_at: dict[int, str] = field(default_factory=dict)
    effective_of: dict[str, int] = field(default_factory=dict)
    letters_due: set[int] = field(default_factory=set)
    saves: list[StoredSave] = field(default_factory=list)
    saves_checked_every: int = 1
    _epoch: int = -1
    _release: str = ""
    _number: int = 0
    _judged: int = 0

    @property
    def last_event(self) -> int:
        """The offset of the last event that has a counted record."""
        return self.records[self.counted[-1]].event_offset if self.counted else -1

    @property
    def decided(self) -> frozenset[str]:
        """The types of all decisions that count."""
        records = self.records.values()
        return frozenset(decision.type for record in records for decision in record.decisions)

    def catch_up(self) -> None:
        """Judge what has landed since the last call."""
        while self._judged < len(self.partition.decisions):
            self._judge(self._judged, self.partition.decisions[self._judged])
            self._judged += 1

    def _judge(self, offset: int, stored: Stored) -> None:
        header = stored.header
        if header is None:
            return
        if header.kind is RecordKind.EPOCH:
            self._epoch, self._number = offset, 0
            started = decode_record(stored.value)
            self._release = started.engine_version if isinstance(started, EpochStarted) else ""
            return
        if header.epoch != self._epoch or header.number != self._number + 1:
            return
        self._number += 1
        if header.kind is RecordKind.DECISIONS:
            self._count(offset, stored)

    def _count(self, offset: int, stored: Stored) -> None:
        record = decode_record(stored.value)
        require(isinstance(record, DecisionRecord), "a counted record decodes")
        assert isinstance(record, DecisionRecord)
        require(record.event_offset == self.last_event + 1, "each event has exactly one record")
        require(record.now_ms >= self.shadow.now_ms, "time never goes back")
        require(
            stored.hash_before == self.shadow.canonical_hash(),
            "a counted record was decided in the fold of the counted log before it",
        )
        _, event = self.partition.events[record.event_offset]
        self.fold(record, event, self._release)
        require(
            stored.hash_after == self.shadow.canonical_hash(),
            "folding a record changes the state as deciding it did",
        )
        self.counted.append(offset)
        self.records[offset] = record
        self.hash_at[offset] = self.shadow.canonical_hash()
        refusals = [one for one in record.decisions if isinstance(one, EventRefused)]
        # A repeat may be refused as well: that changes nothing a second time.
        if len(refusals) < len(record.decisions) and record.event_type != ClockTicked.type:
            self._check_once(offset, record)
        if any(refusal.reason in DEAD_LETTER_REASONS for refusal in refusals):
            self.letters_due.add(record.event_offset)

    def _check_once(self, offset: int, record: DecisionRecord) -> None:
        before = self.effective_of.setdefault(record.event_id, offset)
        require(before == offset, "at most one effective record per event id inside the window")

    def check_save(self, save: StoredSave) -> None:
        """A save equals the fold of the log up to its offset."""
        position = save.position
        record = self.records.get(position.offset)
        require(record is not None, "a save is as of a counted record")
        assert record is not None
        named = (position.epoch, position.number, position.event_offset, position.now_ms)
        told = (record.epoch, record.number, record.event_offset, record.now_ms)
        require(named == told, "a save carries its record's epoch, number, event offset and time")
        self.saves.append(save)
        if len(self.saves) % self.saves_checked_every:
            return
        is_same = self.restore(save).canonical_hash() == self.hash_at[position.offset]
        require(is_same, "a save equals the fold of the log up to its offset")

    def check_all_saves(self) -> None:
        """Starting from any save ever written gives the same state: a few of them, and the last."""
        final = self.shadow.canonical_hash()
        sampled = self.saves[:: max(1, len(self.saves) * self.saves_checked_every // 8)]
        for save in [*sampled, *self.saves[-1:]]:
            engine = self.restore(save)
            for offset in self.counted:
                if offset > save.position.offset:
                    engine.fold(self.records[offset])
            require(engine.canonical_hash() == final, "starting from any save gives the same state")
