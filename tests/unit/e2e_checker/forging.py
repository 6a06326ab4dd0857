"""A history written by hand: events, what was decided of them, what the outside and MongoDB hold.

Nothing here runs the platform: every record is set down as a person who knows the rules would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.events import EventData
from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    LogRecord,
    encode_record,
    headers_of,
)
from libs.common.contracts.wire import encode_event
from tests.e2e.checker import Material, RawRecord
from tests.e2e.checker.material import KnownEndpoint

START_MS = 1_700_000_000_000
STEP_MS = 1_000
FIRST_PARTITION = 0


@dataclass(slots=True)
class Written:
    """One record of the decision log before it is encoded."""

    partition: int
    record: LogRecord


@dataclass(slots=True)
class Forgery:
    """A run in the making. Lists may be changed at will before `material` is asked for."""

    endpoints: dict[str, KnownEndpoint]
    alerted_desks: frozenset[tuple[str, str]] = frozenset()
    outside: list[dict[str, Any]] = field(default_factory=list)
    events: list[RawRecord] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    customer_events: list[RawRecord] = field(default_factory=list)
    dead_letters: list[RawRecord] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    _epochs: dict[int, tuple[int, int]] = field(default_factory=dict)

    def take_over(self, partition: int) -> None:
        """Start an epoch."""
        epoch = self._length(partition)
        record = EpochStarted(nonce=f"n{epoch}", owner="o", engine_version="1", prior_epoch=-1)
        self.written.append(Written(partition, record))
        self._epochs[partition] = (epoch, 1)

    def happen(
        self,
        event_id: str,
        data: EventData,
        decisions: Sequence[AnyDecision] = (),
        *,
        desk: tuple[str, str] = ("acme", "support"),
        partition: int = FIRST_PARTITION,
    ) -> None:
        """Append an event and the record that decides it."""
        offset = sum(event.partition == partition for event in self.events)
        at_ms = START_MS + offset * STEP_MS
        value = encode_event(
            data,
            event_id=event_id,
            source="forged",
            time=datetime.fromtimestamp(at_ms / 1_000, UTC),
            tenant_id=desk[0],
            desk_id=desk[1],
        )
        self.events.append(
            RawRecord(
                partition=partition,
                offset=offset,
                key="/".join(desk).encode() if desk[0] else None,
                value=value,
                time_ms=at_ms,
            )
        )
        epoch, number = self._epochs[partition]
        self._epochs[partition] = (epoch, number + 1)
        record = DecisionRecord(
            epoch=epoch,
            number=number,
            event_offset=offset,
            event_id=event_id,
            event_type=data.type,
            now_ms=at_ms,
            decisions=tuple(decisions),
        )
        self.written.append(Written(partition, record))

    def record_of(self, event_id: str) -> Written:
        """The first record of the event."""
        return next(
            one
            for one in self.written
            if isinstance(one.record, DecisionRecord) and one.record.event_id == event_id
        )

    def change(self, event_id: str, /, **fields: Any) -> None:  # noqa: ANN401 - any field of a record
        """Change fields of the event's record."""
        written = self.record_of(event_id)
        written.record = replace(written.record, **fields)

    def change_decision(self, event_id: str, index: int, /, **fields: Any) -> None:  # noqa: ANN401 - any field of a decision
        """Change fields of one decision in the event's record."""
        record = self.record_of(event_id).record
        assert isinstance(record, DecisionRecord)
        decisions = list(record.decisions)
        decisions[index] = replace(decisions[index], **fields)
        self.change(event_id, decisions=tuple(decisions))

    def drop_decision(self, event_id: str, index: int) -> None:
        """Take one decision out of the event's record."""
        record = self.record_of(event_id).record
        assert isinstance(record, DecisionRecord)
        kept = [one for place, one in enumerate(record.decisions) if place != index]
        self.change(event_id, decisions=tuple(kept))

    def add_decision(self, event_id: str, decision: AnyDecision) -> None:
        """Append a decision to the event's record."""
        record = self.record_of(event_id).record
        assert isinstance(record, DecisionRecord)
        self.change(event_id, decisions=(*record.decisions, decision))

    def material(self) -> Material:
        """The run, encoded as it would lie in Kafka and MongoDB."""
        lengths: dict[int, int] = {}
        decisions = []
        for written in self.written:
            offset = lengths.get(written.partition, 0)
            lengths[written.partition] = offset + 1
            decisions.append(
                RawRecord(
                    partition=written.partition,
                    offset=offset,
                    key=None,
                    value=encode_record(written.record),
                    headers=tuple(headers_of(written.record)),
                )
            )
        return Material(
            outside=tuple(self.outside),
            events=tuple(self.events),
            decisions=tuple(decisions),
            customer_events=tuple(self.customer_events),
            dead_letters=tuple(self.dead_letters),
            timeline=tuple(self.timeline),
            endpoints=self.endpoints,
            alerted_desks=self.alerted_desks,
        )

    def _length(self, partition: int) -> int:
        return sum(written.partition == partition for written in self.written)
