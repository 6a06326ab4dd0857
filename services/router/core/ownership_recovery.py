"""The first half of a takeover: from the save through the log up to the own epoch's start.

The state is the save's, folded with the records that count, and nothing else. Whatever is missing
for that (the log before the save, a save where the log has lost its beginning, a decision of an
unknown type) stops the partition: going on would mean inventing a history.
"""

from libs.common.contracts.records import DecisionRecord, RecordHeader, decode_record
from libs.common.decision_log import LogContradictionError, LogPosition, Verdict, judge
from libs.common.errors import UnprocessableError
from services.router.core.ownership_deciding import attempt, dead_letter_reason
from services.router.core.ownership_effects import EndReason, EpochEndedError, StoredSave
from services.router.core.ownership_letters import Letter
from services.router.core.ownership_limits import Decider, Restore


def judged(
    position: LogPosition, offset: int, header: RecordHeader | None
) -> tuple[LogPosition, Verdict]:
    """As the shared `judge`; a gap or a contradiction ends the epoch and pages."""
    if offset != position.offset + 1:
        raise EpochEndedError(EndReason.LOG_GONE)
    try:
        return judge(position, offset, header)
    except LogContradictionError as error:
        raise EpochEndedError(EndReason.CONTRADICTION, error) from error


class Recovery:
    """Loads and folds; done when it has met the own nonce."""

    def __init__(self, *, nonce: str, restore: Restore) -> None:
        self._nonce = nonce
        self._restore = restore
        self._has_reloaded = False
        self._end = 0
        self.engine: Decider = restore((), 0)
        self.position = LogPosition()
        self.letters: list[Letter] = []

    @property
    def base(self) -> int:
        """The offset up to which the stored state is known to reach; -1 without a save."""
        return self._base

    def load(self, save: StoredSave | None) -> None:
        """Start from this save, or from the beginning."""
        self.position = save.position if save else LogPosition()
        self._base = self.position.offset
        self.engine = self._restore(save.documents if save else (), self.position.now_ms)

    def is_readable(self, *, start: int, end: int) -> bool:
        """Whether the log holds all that follows the save. False asks once for a newer save."""
        if start > self.position.offset + 1:
            if self._has_reloaded:
                raise EpochEndedError(EndReason.LOG_GONE)
            self._has_reloaded = True
            return False
        if end <= self.position.offset:
            raise EpochEndedError(EndReason.LOG_SHORTER_THAN_SAVE)
        self._end = end
        self._superseded_at_end()
        return True

    def read(self, offset: int, header: RecordHeader | None, value: bytes | None) -> bool:
        """Fold one record if it counts; True when it is the own epoch's start."""
        self.position, verdict = judged(self.position, offset, header)
        if verdict is Verdict.EPOCH and header is not None and header.nonce == self._nonce:
            return True
        if verdict is Verdict.COUNTS:
            self._fold(value)
        self._superseded_at_end()
        return False

    def _superseded_at_end(self) -> None:
        """The own start was acknowledged, so it stands before the end: not met means that the
        save is newer than the own epoch.
        """
        if self.position.offset + 1 >= self._end:
            raise EpochEndedError(EndReason.SUPERSEDED)

    def _fold(self, value: bytes | None) -> None:
        try:
            record = decode_record(value)
        except UnprocessableError as error:
            raise EpochEndedError(EndReason.RECORD_UNKNOWN, error) from error
        if not isinstance(record, DecisionRecord):
            raise EpochEndedError(EndReason.RECORD_UNKNOWN)
        failure = attempt(lambda: self.engine.fold(record))
        if isinstance(failure, Exception):
            raise EpochEndedError(EndReason.FOLD_FAILED, failure)
        reason = dead_letter_reason(record.decisions)
        if reason:
            self.letters.append(Letter(record.event_offset, reason))
