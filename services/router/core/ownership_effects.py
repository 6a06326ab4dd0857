"""What one takeover asks of the world around it: the effects, the save, and why a takeover ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from libs.common.contracts.records import DecisionRecord, Headers, LogRecord
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.topics import routing_key
from libs.common.decision_log import LogPosition
from libs.common.values import value
from services.router.core.state import Change


class EndReason(StrEnum):
    """Why a takeover ended; the last group needs a person before anybody goes on."""

    STOPPED = "stopped"
    REVOKED = "revoked"
    EPOCH_EXPIRED = "epoch_expired"
    SUPERSEDED = "superseded"
    OWN_RECORD_VOID = "own_record_void"
    PUBLISH_FAILED = "publish_failed"
    READ_BACK_LATE = "read_back_late"
    ACKED_NOT_COUNTED = "acked_not_counted"
    RECOVERY_LATE = "recovery_late"
    UNAVAILABLE = "unavailable"
    DEAD_LETTER_FAILED = "dead_letter_failed"
    DECIDE_FAILED = "decide_failed"
    RECORD_TOO_LARGE = "record_too_large"

    LOG_GONE = "log_gone"
    LOG_SHORTER_THAN_SAVE = "log_shorter_than_save"
    SAVE_LOST = "save_lost"
    EVENTS_GONE = "events_gone"
    RECORD_UNKNOWN = "record_unknown"
    FOLD_FAILED = "fold_failed"
    CONTRADICTION = "contradiction"


PAGING = frozenset(
    {
        EndReason.LOG_GONE,
        EndReason.LOG_SHORTER_THAN_SAVE,
        EndReason.SAVE_LOST,
        EndReason.EVENTS_GONE,
        EndReason.RECORD_UNKNOWN,
        EndReason.FOLD_FAILED,
        EndReason.CONTRADICTION,
    }
)


class EpochEndedError(Exception):
    """Raised inside a takeover by whatever finds that it can't go on."""

    def __init__(self, reason: EndReason, cause: BaseException | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSave:
    """A loaded save: the whole state as of the counted record at `position`."""

    position: LogPosition
    documents: Iterable[Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """What changed between the record at offset `base` (-1: the beginning) and `position`.

    It may be applied to any stored save at D with base <= D < position.offset, and to no other:
    what it does not name did not change in between, so the result is the state at `position`.
    """

    position: LogPosition
    base: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversize:
    """An event whose record would be too large: the next takeover refuses it at first sight."""

    event_offset: int


@dataclass(frozen=True, slots=True)
class ConfirmMembership:
    """Ask the group whether this member still owns the partition."""


@value
class PublishRecord:
    """Queue this record on the own partition, behind all earlier ones; never again after that.

    Number 0 is the epoch's start.
    """

    number: int
    record: LogRecord
    value: bytes
    headers: Headers
    appended_at_ms: int = 0

    @property
    def key(self) -> bytes | None:
        """The desk of the record's first decision, for people who look at the topic."""
        if not isinstance(self.record, DecisionRecord) or not self.record.decisions:
            return None
        first = self.record.decisions[0]
        return routing_key(first.tenant_id, first.desk_id)


@dataclass(frozen=True, slots=True)
class LoadSave:
    """Read the newest save, all of it in one consistent look."""


@dataclass(frozen=True, slots=True)
class DescribeLog:
    """Say which offsets the own decisions partition holds now."""


@dataclass(frozen=True, slots=True)
class ReadLogFrom:
    """Read the own decisions partition from this offset on, and never stop."""

    offset: int


@dataclass(frozen=True, slots=True)
class SeekEvents:
    """Say which offsets the events partition holds, then read it from this offset on."""

    offset: int


@dataclass(frozen=True, slots=True)
class WriteSave:
    """Store the save, on the condition that `Save` states."""

    save: Save


@dataclass(frozen=True, slots=True)
class CommitEvents:
    """Show the group this next event offset, for the display of lag only."""

    offset: int


@dataclass(frozen=True, slots=True)
class SendDeadLetter:
    """Put the event at this offset aside with its original bytes, for this reason."""

    event_offset: int
    reason: RefusalReason


@dataclass(frozen=True, slots=True)
class PublishTick:
    """Publish `ClockTicked` to the own events partition under this id."""

    event_id: str
    owner: str


@dataclass(frozen=True, slots=True)
class ReportVoid:
    """A record of somebody else that does not count stands at this offset."""

    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The takeover is over: nothing that it started matters any more.

    `is_paging` says that the partition stays stopped until a person has looked.
    """

    reason: EndReason
    event_offset: int = -1
    oversize: Oversize | None = None
    cause: BaseException | None = None

    @property
    def is_paging(self) -> bool:
        """Whether a person has to look before anybody goes on."""
        return self.reason in PAGING


Effect = (
    ConfirmMembership
    | PublishRecord
    | LoadSave
    | DescribeLog
    | ReadLogFrom
    | SeekEvents
    | WriteSave
    | CommitEvents
    | SendDeadLetter
    | PublishTick
    | ReportVoid
    | End
)
