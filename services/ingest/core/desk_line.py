"""One desk's line in the backlog, and the limits of draining."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.ingest.core.spilled import SpilledEvent
from services.ingest.core.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainLimits:
    """Rates are events a second, of one desk and of a partition's desks together."""

    desk_rate_per_s: float
    partition_rate_per_s: float
    turn_events: int = 25
    round_events: int = 250
    line_events: int = 500
    line_bytes: int = 512 * 1024
    kept_bytes: int = 4 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class DeskLine:
    """One desk's events: the first of them kept, the rest known by where they begin."""

    desk: bytes
    bucket: TokenBucket
    kept: list[SpilledEvent] = field(default_factory=list)
    kept_bytes: int = 0
    unread_from: int | None = None
    waiting: int = 0
    is_held_back: bool = False
    busy_at_s: float = 0.0

    @property
    def first_offset(self) -> int | None:
        """The first event that has not gone on; None when all have."""
        return self.kept[0].offset if self.kept else self.unread_from

    def keep(self, event: SpilledEvent) -> None:
        """Behind the others."""
        self.kept.append(event)
        self.kept_bytes += event.size_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The events at the head of one desk's line that are to go on now."""

    desk: bytes
    events: Sequence[SpilledEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A desk whose line ran empty; its next events begin at `offset`."""

    desk: bytes
    offset: int
