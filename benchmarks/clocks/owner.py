"""The owner of a partition as its log sees it: one event after the other, and a tick at a time.

Engine time is append time, so lateness depends on when the next tick is appended. That is made of
what the owner's decisions really took, and of what is stated here.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import process_time

from benchmarks.clocks.office import START_MS, event_of
from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.records import DecisionRecord, encode_record
from services.router.core.engine import Engine

# From the decision of a tick to the append of the next, beside the deciding.
TRIP_MS = 10.0
# How often the ticker looks at the clock while nothing is overdue.
LOOK_EVERY_MS = 50


@dataclass(slots=True)
class Firings:
    """How late each kind of firing was in engine time, and after which promise's due instant."""

    late_ms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    last_ms: dict[str, int] = field(default_factory=dict)
    largest_record: int = 0
    _due_ms: dict[str, int] = field(default_factory=dict)

    def hear(self, decisions: tuple[d.AnyDecision, ...], now_ms: int) -> None:
        """Note what fired in a record."""
        self.largest_record = max(self.largest_record, len(decisions))
        for one in decisions:
            if isinstance(one, d.SlaAtRisk):
                self._note("at risk", now_ms - one.at_risk_ms, now_ms)
            elif isinstance(one, d.SlaBreached):
                self._due_ms[one.conversation_id] = one.due_ms
                self._note("breached", now_ms - one.due_ms, now_ms)
            elif isinstance(one, d.EscalationFired):
                self._note("escalated", now_ms - one.due_ms, now_ms)
                since_due_ms = now_ms - self._due_ms[one.conversation_id]
                self._note("escalated, since the promise was due", since_due_ms, now_ms)

    def _note(self, kind: str, late_ms: int, now_ms: int) -> None:
        self.late_ms[kind].append(late_ms)
        self.last_ms[kind] = now_ms


class Owner:
    """Decides what is said, and what falls due meanwhile."""

    def __init__(self, configuration: e.DeskConfigured) -> None:
        self.engine = Engine()
        self.firings = Firings()
        self.spent_s = 0.0
        self.inputs = self.ticks = 0
        self._offset = 0
        self._free_ms = float(START_MS)
        self._tick_ms: float | None = None
        self.decide(configuration, START_MS)

    def decide(self, data: e.EventData, appended_ms: float) -> None:
        """Decide an event and write its record; the owner is free when that is done."""
        now_ms = int(appended_ms)
        event = event_of(self._offset, data, now_ms)
        begun_s = process_time()
        decisions = self.engine.decide(
            event, event_id=event.id, event_offset=self._offset, appended_at_ms=now_ms
        )
        record = DecisionRecord(
            epoch=0,
            number=self._offset + 1,
            event_offset=self._offset,
            event_id=event.id,
            event_type=event.type,
            now_ms=self.engine.now_ms,
            decisions=decisions,
        )
        encode_record(record)
        spent_s = process_time() - begun_s
        self.spent_s += spent_s
        self._offset += 1
        self._free_ms = max(self._free_ms, appended_ms) + 1_000 * spent_s
        self.firings.hear(decisions, self.engine.now_ms)

    def rest(self) -> None:
        """What was said so far is long past: the owner is free at the engine's time."""
        self._free_ms = float(self.engine.now_ms)

    def go_on(self, until_ms: float, *, say: Callable[[], e.EventData], every_ms: float) -> None:
        """Until then something is said every so often, and what is due fires in ticks."""
        next_ms = self.engine.now_ms + every_ms
        while min(next_ms, self._planned_tick_ms(next_ms)) <= until_ms:
            tick_ms = self._planned_tick_ms(next_ms)
            if tick_ms <= next_ms:
                self._tick_ms = None
                self.ticks += 1
                self.decide(e.ClockTicked(owner="bench"), tick_ms)
            else:
                self.inputs += 1
                self.decide(say(), next_ms)
                next_ms += every_ms

    def _planned_tick_ms(self, next_ms: float) -> float:
        """When the outstanding tick is appended, or the one that is published before `next_ms`."""
        due_ms = self.engine.next_deadline_ms()
        if self._tick_ms is None and due_ms is not None:
            looked_ms = -(-due_ms // LOOK_EVERY_MS) * LOOK_EVERY_MS
            # What is overdue by the engine's own time follows at once.
            wanted_ms = due_ms if due_ms <= self.engine.now_ms else looked_ms
            published_ms = max(float(wanted_ms), self._free_ms)
            if published_ms <= next_ms:
                self._tick_ms = published_ms + TRIP_MS
        return float("inf") if self._tick_ms is None else self._tick_ms
