"""The bounds of one takeover, and the engine as the takeover sees it."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.topics import RECORD_BYTES_MAX, RETENTION_MS
from libs.common.contracts.wire import Event
from services.router.core.state import Change

_OVERHEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every bound has a name. Ages and waits are in milliseconds of the monotonic clock."""

    pipeline_records_max: int = 512
    pipeline_bytes_max: int = 16 * 1024 * 1024
    events_waiting_max: int = 512
    # Keys, headers and framing count against the broker's limit as well.
    record_bytes_max: int = RECORD_BYTES_MAX - _OVERHEAD_BYTES
    decisions_max: int = 512
    save_every_records: int = 2_000
    save_every_ms: int = 2_000
    # A quiet partition gets a tick, so that there is a record of this owner to save by.
    quiet_ms_max: int = 15 * 60 * 1_000
    # A reader without memory needs an epoch's start among what is retained.
    epoch_ms_max: int = RETENTION_MS // 4
    recovery_ms_max: int = 120_000
    read_back_ms_max: int = 15_000
    drain_ms_max: int = 5_000
    tick_lost_after_ms: int = 10_000
    dead_letters_waiting_max: int = 1_000
    dead_letters_in_flight_max: int = 16
    dead_letter_tries_max: int = 3
    # Epochs that may end at one event without a record before the next one announces its try.
    silent_epochs_max: int = 2
    attempts_max: int = 1


class Decider(Protocol):
    """The engine as a takeover needs it."""

    @property
    def now_ms(self) -> int:
        """Engine time in milliseconds."""

    def decide(
        self, event: Event | None, *, event_id: str, event_offset: int, appended_at_ms: int
    ) -> tuple[AnyDecision, ...]:
        """Decide one event and evolve the state; None is an event that does not decode."""

    def refuse(
        self,
        event: Event | None,
        *,
        event_id: str,
        event_offset: int,
        appended_at_ms: int,
        reason: RefusalReason,
    ) -> tuple[AnyDecision, ...]:
        """Refuse one event without looking into it, and remember it."""

    def fold(self, record: DecisionRecord) -> None:
        """Apply a record that counts."""

    def next_deadline_ms(self) -> int | None:
        """Engine time at which the next thing falls due."""

    def take_changes(self) -> tuple[Change, ...]:
        """What changed since the last take."""


# Builds an engine from a save's documents and the engine time of the save.
Restore = Callable[[Iterable[Change], int], Decider]
# Opens the span of one decided event and yields the context that its record carries on.
Trace = Callable[[Event], AbstractContextManager[str | None]]
