"""The own records that were published and not read back yet, in order and bounded."""

from collections import deque
from typing import NamedTuple

from libs.common.contracts.terms import RefusalReason
from services.router.core.ownership_effects import EndReason, EpochEndedError
from services.router.core.ownership_limits import Limits


class Sent(NamedTuple):
    """One own record under way. An attempt's announcement has no event of its own to count."""

    number: int
    event_offset: int
    size_bytes: int
    letter: RefusalReason | None
    sent_at_ms: int
    is_attempt: bool = False


class Pipeline:
    """Numbers from 1 without gaps; a number is given only to a record that will be sent."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sent: deque[Sent] = deque()
        self._bytes = 0
        self.next_number = 1
        self._acked_number = 0

    def __len__(self) -> int:
        return len(self._sent)

    @property
    def has_room(self) -> bool:
        """Whether one more record may be sent now."""
        return (
            len(self._sent) < self._limits.pipeline_records_max
            and self._bytes < self._limits.pipeline_bytes_max
        )

    def add(self, sent: Sent) -> None:
        """This record is published under the next number."""
        self._sent.append(sent)
        self._bytes += sent.size_bytes
        self.next_number = sent.number + 1

    def read_back(self, number: int) -> Sent:
        """The record with this number counts: it must be the oldest under way."""
        if not self._sent or self._sent[0].number != number:
            raise EpochEndedError(EndReason.CONTRADICTION)
        sent = self._sent.popleft()
        self._bytes -= sent.size_bytes
        return sent

    def acked(self, number: int) -> None:
        """Kafka says that it has this record, which proves nothing about counting."""
        self._acked_number = max(self._acked_number, number)

    def check_age(self, now_ms: int) -> None:
        """End the epoch when the oldest record under way was not read back for too long."""
        if not self._sent or now_ms - self._sent[0].sent_at_ms <= self._limits.read_back_ms_max:
            return
        if self._sent[0].number <= self._acked_number:
            raise EpochEndedError(EndReason.ACKED_NOT_COUNTED)
        raise EpochEndedError(EndReason.READ_BACK_LATE)
