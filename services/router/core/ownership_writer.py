"""Turns heard events into published records: which event now, decided or refused, and how many.

An event at which epochs ended without a record is suspect: it is announced before it is tried
once more, and refused when an announced try has left no record either. While an event is suspect
nothing else is under way, so that the blame falls on the right one (the protocol's rule 24).
"""

from collections import deque

from libs.common.contracts.records import (
    AttemptStarted,
    DecisionRecord,
    encode_record,
    headers_of,
)
from libs.common.contracts.terms import RefusalReason
from libs.common.decision_log import LogPosition
from services.router.core.ownership_deciding import Decided, Deciding, Heard, attempt
from services.router.core.ownership_effects import (
    Effect,
    End,
    EndReason,
    Oversize,
    PublishRecord,
)
from services.router.core.ownership_limits import Limits
from services.router.core.ownership_pipeline import Pipeline, Sent


class Writer:
    """Hears events in order and appends the records to publish to `effects`."""

    def __init__(
        self,
        *,
        deciding: Deciding,
        next_event: int,
        limits: Limits,
        oversize: Oversize | None,
        effects: list[Effect],
        now_ms: int,
    ) -> None:
        self._deciding = deciding
        self._limits = limits
        self._oversize = oversize
        self._effects = effects
        self._heard: deque[Heard] = deque()
        self._has_announced = False
        self.pipeline = Pipeline(limits)
        self.next_event = next_event
        self.now_ms = now_ms
        self.appended_at_ms = 0

    @property
    def room(self) -> int:
        """How many events may be heard now."""
        return self._limits.events_waiting_max - len(self._heard)

    def hear(self, heard: Heard) -> None:
        """Queue the event if it is the next one; one that was heard before is ignored."""
        if heard.offset == self.next_event:
            self.next_event += 1
            self._heard.append(heard)

    def forget(self) -> None:
        """Decide nothing of what was heard."""
        self._heard.clear()

    def write(self, position: LogPosition) -> DecisionRecord | End | None:
        """Decide and publish the next event, if it may be decided now; at most one.

        An `End` says that the engine's state holds what no record will say.
        """
        if not self._heard or not self.pipeline.has_room:
            return None
        refusal = None
        # The own epoch is among those that began since the last record.
        if position.epochs_since > self._limits.silent_epochs_max:
            if self.pipeline:
                return None
            if not self._has_announced:
                if position.attempts < self._limits.attempts_max:
                    self._announce(self._heard[0])
                    return None
                refusal = RefusalReason.UNPROCESSABLE
        return self._decide(self._heard.popleft(), refusal)

    def _announce(self, heard: Heard) -> None:
        """Say that the event is tried once more; the try waits until that counts."""
        self._has_announced = True
        record = AttemptStarted(
            epoch=self._deciding.epoch,
            number=self.pipeline.next_number,
            event_offset=heard.offset,
            now_ms=self._deciding.now_ms,
        )
        self._publish(record, encode_record(record), heard)

    def _decide(self, heard: Heard, refusal: RefusalReason | None) -> DecisionRecord | End:
        if self._oversize and self._oversize.event_offset == heard.offset:
            refusal = RefusalReason.RECORD_TOO_LARGE
        number = self.pipeline.next_number
        decided = attempt(lambda: self._deciding.decide(heard, number, refusal))
        if isinstance(decided, Exception):
            return End(reason=EndReason.DECIDE_FAILED, event_offset=heard.offset, cause=decided)
        if self._is_too_large(decided):
            return End(
                reason=EndReason.RECORD_TOO_LARGE,
                event_offset=heard.offset,
                oversize=Oversize(event_offset=heard.offset),
            )
        self.appended_at_ms = heard.appended_at_ms
        self._publish(decided.record, decided.value, heard, letter=decided.letter)
        return decided.record

    def _is_too_large(self, decided: Decided) -> bool:
        return (
            len(decided.value) > self._limits.record_bytes_max
            or len(decided.record.decisions) > self._limits.decisions_max
        )

    def _publish(
        self,
        record: DecisionRecord | AttemptStarted,
        value: bytes,
        heard: Heard,
        *,
        letter: RefusalReason | None = None,
    ) -> None:
        self.pipeline.add(
            Sent(
                record.number,
                record.event_offset,
                len(value),
                letter,
                self.now_ms,
                isinstance(record, AttemptStarted),
            )
        )
        self._effects.append(
            PublishRecord(
                number=record.number,
                record=record,
                value=value,
                headers=headers_of(record),
                appended_at_ms=heard.appended_at_ms,
            )
        )
