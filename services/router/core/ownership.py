"""One takeover of one partition, as a machine without input or output (the protocol, in code).

Facts go in as method calls, effects come out as lists; no clock, no broker, no store. The order
of a life:

    begin -> membership confirmed -> epoch's start acknowledged -> save loaded -> log folded up to
    the own nonce -> events sought -> tenure -> end

The own epoch is the offset at which the own nonce was *read*; an acknowledged offset is never
used. A machine is used once. After its `End` every fact is ignored: acknowledgements, saves and
commits of an ended takeover mean nothing (rule 18).
"""

from collections.abc import Callable
from typing import NoReturn

from libs.common.contracts.records import EpochStarted, RecordHeader, encode_record, headers_of
from services.router.core.ownership_deciding import Heard
from services.router.core.ownership_effects import (
    ConfirmMembership,
    DescribeLog,
    Effect,
    End,
    EndReason,
    EpochEndedError,
    LoadSave,
    Oversize,
    PublishRecord,
    ReadLogFrom,
    SeekEvents,
    StoredSave,
)
from services.router.core.ownership_limits import Limits, Restore, Trace
from services.router.core.ownership_recovery import Recovery
from services.router.core.ownership_tenure import Tenure

EPOCH_NUMBER = 0


class Takeover:
    """Owns one partition for one epoch. Every method returns the effects to carry out, in order."""

    def __init__(
        self,
        *,
        partition: int,
        owner: str,
        engine_version: str,
        restore: Restore,
        limits: Limits,
        trace: Trace | None = None,
        oversize: Oversize | None = None,
    ) -> None:
        self._partition = partition
        self._owner = owner
        self._engine_version = engine_version
        self._restore = restore
        self._limits = limits
        self._trace = trace
        self._oversize = oversize
        self._effects: list[Effect] = []
        self._nonce = ""
        self._recovery: Recovery | None = None
        self._tenure: Tenure | None = None
        self._sought = 0
        self._began_at_ms = 0
        self._now_ms = 0
        self.prior_epoch = -1
        self.is_ended = False

    @property
    def tenure(self) -> Tenure | None:
        """The tenure, once the own epoch has begun and until it has ended."""
        return None if self.is_ended else self._tenure

    @property
    def epoch(self) -> int:
        """The own epoch, also after its end; before it began, the prior one."""
        return self._tenure.epoch if self._tenure else self.prior_epoch

    @property
    def has_counted(self) -> bool:
        """Whether an own record was read back as counting."""
        return self._tenure is not None and self._tenure.has_counted

    @property
    def room(self) -> int:
        """How many events may be handed in now."""
        return self._tenure.room if self._tenure and not self.is_ended else 0

    def begin(self, *, nonce: str, prior_epoch: int, now_ms: int) -> list[Effect]:
        """Start with a fresh nonce. `prior_epoch` is the last one known, for people who read."""
        self._nonce, self.prior_epoch = nonce, prior_epoch
        self._began_at_ms = self._now_ms = now_ms
        return self._run(lambda: self._effects.append(ConfirmMembership()))

    def heartbeat_confirmed(self) -> list[Effect]:
        """The group says that this member owns the partition (rule 15)."""
        return self._run(self._publish_epoch)

    def epoch_publish_acked(self) -> list[Effect]:
        """The own epoch's start stands in the log, somewhere."""
        return self._run(lambda: self._effects.append(LoadSave()))

    def save_loaded(self, save: StoredSave | None) -> list[Effect]:
        """What the store holds; None is nothing."""
        return self._run(lambda: self._load(save))

    def log_described(self, *, start: int, end: int) -> list[Effect]:
        """The own decisions partition holds the offsets from `start` to before `end`."""
        return self._run(lambda: self._describe(start, end))

    def log_read(
        self, offset: int, header: RecordHeader | None, value: bytes | None
    ) -> list[Effect]:
        """One record of the own decisions partition; `header` None is not a record of ours."""
        return self._run(lambda: self._read_log(offset, header, value))

    def events_described(self, *, start: int, end: int) -> list[Effect]:
        """The events partition holds the offsets from `start` to before `end`."""
        return self._run(lambda: self._check_events(start, end))

    def event_read(self, offset: int, appended_at_ms: int, value: bytes | None) -> list[Effect]:
        """One event, and when the broker appended it. Hand in no more than `room` at a time."""
        return self._run_tenure(lambda t: t.event_read(Heard(offset, appended_at_ms, value)))

    def publish_acked(self, number: int) -> list[Effect]:
        """Kafka has the records up to this one: good to know, and no more than that."""
        return self._run_tenure(lambda t: t.publish_acked(number))

    def publish_failed(self) -> list[Effect]:
        """A publish failed, timed out or was cancelled; it may still land (rule 13). Whichever it
        was, all that follows it is void or unknown.
        """
        return self._run(lambda: _stop(EndReason.PUBLISH_FAILED))

    def save_written(self, offset: int) -> list[Effect]:
        """The save as of this offset is stored."""
        return self._run_tenure(lambda t: t.save_written(offset))

    def save_refused(self, stored_offset: int) -> list[Effect]:
        """The condition did not hold; what is stored is as of this offset, or nothing (-1)."""
        return self._run_tenure(lambda t: t.save_refused(stored_offset))

    def save_failed(self) -> list[Effect]:
        """The save was perhaps stored, or will yet be."""
        return self._run_tenure(lambda t: t.save_failed())

    def dead_letter_acked(self, event_offset: int) -> list[Effect]:
        """The dead letter of this event is safe."""
        return self._run_tenure(lambda t: t.dead_letter_acked(event_offset))

    def dead_letter_failed(self, event_offset: int) -> list[Effect]:
        """The dead letter of this event is perhaps not safe."""
        return self._run_tenure(lambda t: t.dead_letter_failed(event_offset))

    def tick_failed(self) -> list[Effect]:
        """The tick is perhaps not published."""
        return self._run_tenure(lambda t: t.tick_failed())

    def unavailable(self) -> list[Effect]:
        """Something that recovery needs does not answer."""
        return self._run(lambda: _stop(EndReason.UNAVAILABLE))

    def stop(self, reason: EndReason) -> list[Effect]:
        """Leave in order: read back what is under way, save, then end; bounded in time."""
        return self._run(lambda: self._drain(reason))

    def timer(self, *, wall_ms: int, now_ms: int) -> list[Effect]:
        """Time has passed: `wall_ms` by the host's clock, `now_ms` on one that never goes back."""
        self._now_ms = now_ms
        return self._run(lambda: self._check_time(wall_ms))

    def _run_tenure(self, step: Callable[[Tenure], None]) -> list[Effect]:
        tenure = self._tenure
        return self._run(lambda: step(tenure)) if tenure else []

    def _run(self, step: Callable[[], None]) -> list[Effect]:
        """Take one fact in; whatever ends the epoch on the way becomes the last effect."""
        if self.is_ended:
            return []
        try:
            step()
        except EpochEndedError as error:
            self.is_ended = True
            planned = self._tenure.ending if self._tenure else None
            is_planned = planned is not None and planned.reason is error.reason
            end = End(reason=error.reason, cause=error.cause)
            self._effects.append(planned if planned and is_planned else end)
        effects = self._effects[:]
        self._effects.clear()
        return effects

    def _publish_epoch(self) -> None:
        record = EpochStarted(
            nonce=self._nonce,
            owner=self._owner,
            engine_version=self._engine_version,
            prior_epoch=self.prior_epoch,
        )
        self._effects.append(
            PublishRecord(
                number=EPOCH_NUMBER,
                record=record,
                value=encode_record(record),
                headers=headers_of(record),
            )
        )

    def _load(self, save: StoredSave | None) -> None:
        if self._tenure:
            self._tenure.save_seen(save)
        if self._recovery is None:
            self._recovery = Recovery(nonce=self._nonce, restore=self._restore)
        self._recovery.load(save)
        self._effects.append(DescribeLog())

    def _describe(self, start: int, end: int) -> None:
        recovery = self._recovery
        if recovery and recovery.is_readable(start=start, end=end):
            self._effects.append(ReadLogFrom(recovery.position.offset + 1))
        else:
            self._effects.append(LoadSave())

    def _read_log(self, offset: int, header: RecordHeader | None, value: bytes | None) -> None:
        if self._tenure:
            self._tenure.log_read(offset, header)
        elif self._recovery and self._recovery.read(offset, header, value):
            self._tenure = Tenure(
                partition=self._partition,
                nonce=self._nonce,
                recovery=self._recovery,
                limits=self._limits,
                trace=self._trace,
                oversize=self._oversize,
                effects=self._effects,
                now_ms=self._now_ms,
            )
            self._sought = self._tenure.next_event
            self._effects.append(SeekEvents(self._sought))

    def _check_events(self, start: int, end: int) -> None:
        if self._tenure and self._sought > end:
            raise EpochEndedError(EndReason.EVENTS_GONE)
        if self._tenure and self._sought < start:
            self._tenure.miss_events()

    def _drain(self, reason: EndReason) -> None:
        if self._tenure is None:
            raise EpochEndedError(reason)
        self._tenure.drain(End(reason=reason))
        self._tenure.advance()

    def _check_time(self, wall_ms: int) -> None:
        age_ms = self._now_ms - self._began_at_ms
        if self._tenure is None:
            if age_ms > self._limits.recovery_ms_max:
                _stop(EndReason.RECOVERY_LATE)
            return
        if age_ms > self._limits.epoch_ms_max:
            self._tenure.drain(End(reason=EndReason.EPOCH_EXPIRED))
        self._tenure.timer(wall_ms=wall_ms, now_ms=self._now_ms)


def _stop(reason: EndReason) -> NoReturn:
    raise EpochEndedError(reason)
