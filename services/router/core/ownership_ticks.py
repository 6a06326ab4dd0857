"""When the owner publishes a tick: something is due, or the partition is quiet for too long.

Ticks carry no time; the broker's append time counts. The host's clock only says when to try, and
the append time of the last own tick says how far that clock is off.
"""

from services.router.core.ownership_effects import PublishTick
from services.router.core.ownership_limits import Limits


class Ticks:
    """At most one own tick is outstanding: from its publishing until its event was decided."""

    def __init__(self, *, limits: Limits, owner: str, now_ms: int) -> None:
        self._limits = limits
        self._owner = owner
        self._count = 0
        self._outstanding: str | None = None
        self._sent_at_ms = 0
        self._sent_at_wall_ms: int | None = None
        self._clock_ahead_ms = 0
        self._counted_at_ms = now_ms

    def due(
        self, deadline_ms: int | None, *, now_ms: int, wall_ms: int, engine_ms: int = 0
    ) -> PublishTick | None:
        """The tick to publish now, if one is due by the host's clock, by the engine's or by quiet.

        The engine's time is what others' records say: a host whose clock is far behind, and who had
        no own tick yet that tells so, is not late by that much (I6).
        """
        is_lost = now_ms - self._sent_at_ms >= self._limits.tick_lost_after_ms
        if self._outstanding and not is_lost:
            return None
        by_now_ms = max(wall_ms - self._clock_ahead_ms, engine_ms)
        is_due = deadline_ms is not None and deadline_ms <= by_now_ms
        is_quiet = now_ms - self._counted_at_ms >= self._limits.quiet_ms_max
        return self._tick(now_ms, wall_ms) if is_due or is_quiet else None

    def follow(self, deadline_ms: int | None, *, engine_ms: int, now_ms: int) -> PublishTick | None:
        """The next tick at once, if by the engine's own time more is due already."""
        if deadline_ms is not None and deadline_ms <= engine_ms:
            return self._tick(now_ms, None)
        return None

    def counted(self, now_ms: int) -> None:
        """An own record counts: the partition is not quiet."""
        self._counted_at_ms = now_ms

    def decided(self, event_id: str, appended_at_ms: int) -> bool:
        """This event was decided; True when it was the outstanding tick."""
        if event_id != self._outstanding:
            return False
        self._outstanding = None
        if self._sent_at_wall_ms is not None:
            self._clock_ahead_ms = self._sent_at_wall_ms - appended_at_ms
        return True

    def failed(self) -> None:
        """The tick could not be published; the next timer may try again."""
        self._outstanding = None

    def _tick(self, now_ms: int, wall_ms: int | None) -> PublishTick:
        self._count += 1
        self._outstanding = f"tick.{self._owner}.{self._count}"
        self._sent_at_ms = now_ms
        self._sent_at_wall_ms = wall_ms
        return PublishTick(event_id=self._outstanding, owner=self._owner)
