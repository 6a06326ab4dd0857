"""The second half of a takeover: decide, publish, read back, save, until the epoch ends.

The state runs ahead of the log: an event is decided on the state that the records under way will
have made. That is sound because they either all count, in order, or the epoch is over and this
state with it. Whatever acts outside (saves, dead letters) waits until the record was read back.
"""

from typing import NoReturn

from libs.common.contracts.records import RecordHeader
from libs.common.decision_log import LogPosition, Verdict
from services.router.core.ownership_deciding import Deciding, Heard
from services.router.core.ownership_effects import (
    CommitEvents,
    Effect,
    End,
    EndReason,
    EpochEndedError,
    LoadSave,
    Oversize,
    ReportVoid,
    SendDeadLetter,
    StoredSave,
    WriteSave,
)
from services.router.core.ownership_letters import Letter, Letters
from services.router.core.ownership_limits import Limits, Trace
from services.router.core.ownership_pipeline import Sent
from services.router.core.ownership_recovery import Recovery, judged
from services.router.core.ownership_saves import Saves
from services.router.core.ownership_ticks import Ticks
from services.router.core.ownership_writer import Writer


class Tenure:
    """Owns the partition from its epoch's start on. Effects are appended to `effects`."""

    def __init__(
        self,
        *,
        partition: int,
        nonce: str,
        recovery: Recovery,
        limits: Limits,
        trace: Trace | None,
        oversize: Oversize | None,
        effects: list[Effect],
        now_ms: int,
    ) -> None:
        self._limits = limits
        self._effects = effects
        self._position = recovery.position
        self._epoch = recovery.position.epoch
        self._engine = recovery.engine
        self._writer = Writer(
            deciding=Deciding(
                partition=partition, epoch=self._epoch, engine=self._engine, trace=trace
            ),
            next_event=recovery.position.event_offset + 1,
            limits=limits,
            oversize=oversize,
            effects=effects,
            now_ms=now_ms,
        )
        self._pipeline = self._writer.pipeline
        self._letters = Letters(limits, recovery.letters)
        self._saves = Saves(limits, base=recovery.base, now_ms=now_ms)
        self._ticks = Ticks(limits=limits, owner=nonce, now_ms=now_ms)
        self._last_counted: LogPosition | None = None
        self._is_engine_sound = True
        self._is_missing_events = False
        self._drain_until_ms = 0
        self._now_ms = now_ms
        self.ending: End | None = None

    @property
    def epoch(self) -> int:
        """The offset at which the own epoch's start was read."""
        return self._epoch

    @property
    def has_counted(self) -> bool:
        """Whether an own record was read back as counting."""
        return self._last_counted is not None

    @property
    def next_event(self) -> int:
        """The offset of the event to be heard next."""
        return self._writer.next_event

    @property
    def room(self) -> int:
        """How many events may be handed in now."""
        return 0 if self.ending or self._is_missing_events else self._writer.room

    @property
    def depth(self) -> int:
        """How many own records are under way."""
        return len(self._pipeline)

    def event_read(self, heard: Heard) -> None:
        """Queue the event and decide what can be decided."""
        if self.ending is not None:
            return
        if heard.offset > self.next_event:
            self.miss_events()
            return
        self._writer.hear(heard)
        self.advance()

    def miss_events(self) -> None:
        """The next events are gone. They are lost, unless a newer epoch has decided and saved them:
        then retention may take them before the own reader meets that epoch. The store tells.
        """
        if not self._is_missing_events:
            self._is_missing_events = True
            self._effects.append(LoadSave())

    def save_seen(self, save: StoredSave | None) -> NoReturn:
        """End by what the store holds while events are missing (rules 10 and 11)."""
        is_superseded = save is not None and save.position.epoch > self._epoch
        raise EpochEndedError(EndReason.SUPERSEDED if is_superseded else EndReason.EVENTS_GONE)

    def log_read(self, offset: int, header: RecordHeader | None) -> None:
        """Judge one record of the own partition (rule 14)."""
        self._position, verdict = judged(self._position, offset, header)
        if verdict is Verdict.EPOCH:
            raise EpochEndedError(EndReason.SUPERSEDED)
        if verdict is Verdict.VOID:
            if header is not None and header.epoch == self._epoch:
                raise EpochEndedError(EndReason.OWN_RECORD_VOID)
            self._effects.append(ReportVoid(offset))
            return
        sent = self._pipeline.read_back(self._position.number)
        if not sent.is_attempt:
            self._counted(sent)
        self.advance()

    def publish_acked(self, number: int) -> None:
        """Kafka has the record."""
        self._pipeline.acked(number)

    def save_written(self, offset: int) -> None:
        """The save as of `offset` is stored."""
        self._saved(self._saves.written(offset))

    def save_refused(self, stored_offset: int) -> None:
        """Another save, as of `stored_offset`, did not allow the write."""
        self._saved(self._saves.refused(stored_offset))

    def save_failed(self) -> None:
        """It is not known whether the save was stored."""
        self._saves.failed()
        self.advance()

    def dead_letter_acked(self, event_offset: int) -> None:
        """The dead letter is safe."""
        self._letters.acked(event_offset)
        self.advance()

    def dead_letter_failed(self, event_offset: int) -> None:
        """It is not known whether the dead letter is safe."""
        self._letters.failed(event_offset)

    def tick_failed(self) -> None:
        """The tick could not be published."""
        self._ticks.failed()

    def timer(self, *, wall_ms: int, now_ms: int) -> None:
        """Time has passed."""
        self._now_ms = self._writer.now_ms = now_ms
        self._pipeline.check_age(now_ms)
        self._saves.timer(now_ms)
        for letter in self._letters.to_send_again():
            self._effects.append(SendDeadLetter(letter.event_offset, letter.reason))
        if self.ending is None:
            deadline_ms = self._engine.next_deadline_ms()
            tick = self._ticks.due(
                deadline_ms, now_ms=now_ms, wall_ms=wall_ms, engine_ms=self._engine.now_ms
            )
            self._effects.extend([tick] if tick else [])
        elif now_ms >= self._drain_until_ms:
            raise EpochEndedError(self.ending.reason)
        self.advance()

    def drain(self, end: End) -> None:
        """Decide nothing more; end once what is under way was read back, saved, and told."""
        if self.ending is None:
            self.ending = end
            self._drain_until_ms = self._now_ms + self._limits.drain_ms_max
            self._writer.forget()

    def advance(self) -> None:
        """Do whatever the facts now allow."""
        # Sending letters makes room for the refusals of more events.
        for letter in self._letters.to_send():
            self._effects.append(SendDeadLetter(letter.event_offset, letter.reason))
        self._write()
        if not self._pipeline and self._is_engine_sound:
            self._saves.rest(self._engine, self._last_counted, is_last=self.ending is not None)
        save = self._saves.release(self._letters)
        if save:
            self._effects.append(WriteSave(save))
        if self.ending and not self._pipeline and self._saves.is_idle:
            raise EpochEndedError(self.ending.reason)

    def _write(self) -> None:
        while self._letters.has_room and not self._saves.is_behind:
            outcome = self._writer.write(self._position)
            if outcome is None:
                return
            if isinstance(outcome, End):
                self._is_engine_sound = False
                self.drain(outcome)
                return
            self._saves.decided(outcome.number, self._engine)
            if self._ticks.decided(outcome.event_id, self._writer.appended_at_ms):
                self._follow_tick()

    def _follow_tick(self) -> None:
        tick = self._ticks.follow(
            self._engine.next_deadline_ms(), engine_ms=self._engine.now_ms, now_ms=self._now_ms
        )
        self._effects.extend([tick] if tick else [])

    def _counted(self, sent: Sent) -> None:
        self._last_counted = self._position
        self._ticks.counted(self._now_ms)
        self._saves.counted(sent.number, self._position)
        if sent.letter:
            self._letters.add(Letter(sent.event_offset, sent.letter))

    def _saved(self, next_event: int | None) -> None:
        if next_event is not None:
            self._effects.append(CommitEvents(next_event))
        self.advance()
