"""What waits in one partition of the spill, desk by desk, and whose turn it is.

Theory. The partition is one log in which the desks' events stand mixed. It is read to its end as it
grows, so that an event is known soon, however many of another desk's stand before it. Each desk has
a line that keeps its first events in memory, up to a limit; of the others it remembers only where
they begin, and they are read again when the line has run empty. Turns go round: in a round each
desk that has events and tokens sends at most `turn_events`, then stands behind the others. Within
a desk the order is always that of the log, since a line is taken from at its head only.

What has gone on for good is what lies below `done_to`: the first offset that some line still holds.
It is committed, and whoever takes the partition over begins there. Events of other desks beyond it
may go on a second time; each desk's come again from a place before its first unsent one and in
order, so the first arrivals are in order too, and the router drops the rest by their ids.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from services.ingest.core.desk_line import DeskLine, DrainLimits, Turn, Unread
from services.ingest.core.spilled import SpilledEvent
from services.ingest.core.token_bucket import TokenBucket

# A desk counts as held back until its line has been empty for so long.
QUIET_S = 10.0


class Backlog:
    """One partition's backlog, from the offset `start` on. Times are seconds that never go back."""

    def __init__(self, *, start: int, limits: DrainLimits, now_s: float) -> None:
        self.next_offset = start
        self._limits = limits
        self._lines: OrderedDict[bytes, DeskLine] = OrderedDict()
        self._kept_bytes = 0
        self._bucket = TokenBucket.full(
            rate_per_s=limits.partition_rate_per_s, burst=limits.round_events, now_s=now_s
        )

    @property
    def waiting(self) -> int:
        """How many events are known to wait."""
        return sum(line.waiting for line in self._lines.values())

    @property
    def desks_held_back(self) -> int:
        """How many desks sent more than their rate of late."""
        return sum(line.is_held_back for line in self._lines.values())

    @property
    def done_to(self) -> int:
        """Every event below this offset has gone on."""
        firsts = [line.first_offset for line in self._lines.values()]
        return min((first for first in firsts if first is not None), default=self.next_offset)

    @property
    def oldest_at_ms(self) -> int | None:
        """When the first of the kept events was spilled; None when none is kept."""
        heads = [line.kept[0].spilled_at_ms for line in self._lines.values() if line.kept]
        return min(heads, default=None)

    def take_in(self, events: Iterable[SpilledEvent], now_s: float) -> list[bytes]:
        """Add what was read next; what is known already is passed over. Returns the desks that
        are held back from now on.
        """
        newly_held = []
        for event in events:
            if event.offset < self.next_offset:
                continue
            self.next_offset = event.offset + 1
            line = self._line_of(event.desk, now_s)
            line.waiting += 1
            line.busy_at_s = now_s
            if event.is_above_rate and not line.is_held_back:
                line.is_held_back = True
                newly_held.append(event.desk)
            if line.unread_from is None and self._has_room(line):
                self._keep(line, event)
            elif line.unread_from is None:
                line.unread_from = event.offset
        return newly_held

    def unread(self) -> Unread | None:
        """A desk whose next events must be read again before it can have a turn."""
        for line in self._lines.values():
            if not line.kept and line.unread_from is not None:
                return Unread(desk=line.desk, offset=line.unread_from)
        return None

    def refill(self, desk: bytes, events: Sequence[SpilledEvent]) -> None:
        """Fill that desk's line from records of the partition, read again from its `unread` offset
        on without a gap; other desks' among them are passed over.
        """
        line = self._lines[desk]
        for event in events:
            if line.unread_from is None or event.offset < line.unread_from:
                continue
            if event.offset >= self.next_offset:
                break
            if event.desk == desk:
                # One at least, or a line that nobody has room for would never go on.
                if line.kept and not self._has_room(line):
                    line.unread_from = event.offset
                    return
                self._keep(line, event)
            line.unread_from = event.offset + 1
        if line.unread_from is not None and line.unread_from >= self.next_offset:
            line.unread_from = None

    def next_round(self, now_s: float) -> list[Turn]:
        """Whose turn it is now, and with which events. Until they have `gone_on` they stay at the
        head of their lines, so a round that failed is had again.
        """
        room = min(self._bucket.available(now_s), self._limits.round_events)
        turns = []
        for line in self._lines.values():
            count = min(
                len(line.kept), self._limits.turn_events, line.bucket.available(now_s), room
            )
            if count > 0:
                line.bucket.take(count, now_s)
                room -= count
                turns.append(Turn(desk=line.desk, events=tuple(line.kept[:count])))
        self._bucket.take(sum(len(turn.events) for turn in turns), now_s)
        for turn in turns:
            self._lines.move_to_end(turn.desk)
        return turns

    def gone_on(self, turns: Iterable[Turn], now_s: float) -> None:
        """The router's log has acknowledged all events of these turns."""
        for turn in turns:
            line = self._lines[turn.desk]
            sent = len(turn.events)
            freed = sum(event.size_bytes for event in turn.events)
            del line.kept[:sent]
            line.kept_bytes -= freed
            self._kept_bytes -= freed
            line.waiting -= sent
            line.busy_at_s = now_s

    def forget_quiet(self, now_s: float) -> list[bytes]:
        """Forget desks whose lines have been empty for 10 s; returns those that were held back."""
        quiet = [
            line
            for line in self._lines.values()
            if line.waiting == 0 and now_s - line.busy_at_s >= QUIET_S
        ]
        for line in quiet:
            del self._lines[line.desk]
        return [line.desk for line in quiet if line.is_held_back]

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until some desk may have a turn; None when nothing waits."""
        waits = [line.bucket.wait_s(now_s) for line in self._lines.values() if line.waiting]
        return max(min(waits), self._bucket.wait_s(now_s)) if waits else None

    def _line_of(self, desk: bytes, now_s: float) -> DeskLine:
        line = self._lines.get(desk)
        if line is None:
            bucket = TokenBucket.full(
                rate_per_s=self._limits.desk_rate_per_s,
                burst=self._limits.turn_events,
                now_s=now_s,
            )
            line = self._lines[desk] = DeskLine(desk=desk, bucket=bucket)
        return line

    def _has_room(self, line: DeskLine) -> bool:
        limits = self._limits
        return (
            len(line.kept) < limits.line_events
            and line.kept_bytes < limits.line_bytes
            and self._kept_bytes < limits.kept_bytes
        )

    def _keep(self, line: DeskLine, event: SpilledEvent) -> None:
        line.keep(event)
        self._kept_bytes += event.size_bytes
