"""The stage of a dialogue: one engine, its clock, and the proof that the log tells the same.

Time passes as for a running router: each deadline that falls due on the way is ticked at its time,
and the replicas that live say so. After every event all invariants are checked, a refusal must have
changed nothing, and an engine restored from its save must have decided the same.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.records import DecisionRecord, decode_record, encode_record
from libs.common.contracts.wire import Event, decode_event, encode_event
from services.router.core.deadlines import DeadlineKind
from services.router.core.engine import Engine
from services.router.core.invariants import check_all
from services.router.core.state import Change

TENANT, DESK = "acme", "support"
# A Tuesday, 22:13:20 UTC; hours of routing rules are judged by it.
START_MS = 1_700_000_000_000
TICKS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision and when it was made."""

    now_ms: int
    decision: d.AnyDecision


class Stage:
    """One partition, driven event by event."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.now_ms = START_MS
        self.offset = 0
        self.silent: set[str] = set()
        self.records: list[DecisionRecord] = []
        self.last: tuple[Event | None, str] | None = None

    def hear(
        self, data: e.EventData, *, tenant_id: str = TENANT, dated_ms: int = 0
    ) -> list[Decided]:
        """Let the engine decide an event that went over the wire, `dated_ms` away from now."""
        event_id = f"event-{self.offset}"
        is_for_desk = data.type not in e.PARTITION_EVENT_TYPES
        value = encode_event(
            data,
            event_id=event_id,
            source="dialogue",
            time=datetime.fromtimestamp((self.now_ms + dated_ms) / 1_000, UTC),
            tenant_id=tenant_id if is_for_desk else "",
            desk_id=DESK if is_for_desk else "",
        )
        event = decode_event(value)
        if data.type not in e.PARTITION_EVENT_TYPES:
            self.last = (event, event_id)
        return self.hear_event(event, event_id=event_id)

    def hear_again(self) -> list[Decided]:
        """The log holds the last event a second time."""
        assert self.last is not None
        event, event_id = self.last
        return self.hear_event(event, event_id=event_id)

    def hear_event(self, event: Event | None, *, event_id: str) -> list[Decided]:
        """Let the engine decide a decoded event (None: unreadable), and prove what must hold."""
        before = self.engine.state.documents()
        twin = Engine.restore(before, now_ms=self.engine.now_ms)
        at = {
            "event_id": event_id,
            "event_offset": self.offset,
            "appended_at_ms": self.now_ms,
        }
        decisions = self.engine.decide(event, **at)  # type: ignore[arg-type]
        check_all(self.engine.state)
        again = twin.decide(event, **at)  # type: ignore[arg-type]
        assert again == decisions, f"a restored engine decides otherwise: {again}"
        if any(isinstance(one, d.EventRefused) for one in decisions):
            after = self.engine.state.documents()
            assert _but_memory(before) == _but_memory(after), "a refusal changed something"
        same = (self.engine.next_deadline_ms(), self.engine.now_ms)
        assert (twin.next_deadline_ms(), twin.now_ms) == same, "a restored engine waits otherwise"
        self._record(event, event_id, decisions)
        return [Decided(self.now_ms, decision) for decision in decisions]

    def pass_until(self, now_ms: int) -> list[Decided]:
        """Time passes; what falls due on the way is decided at its time."""
        decided: list[Decided] = []
        for _ in range(TICKS_MAX):
            first = self.engine.state.deadlines.first()
            if first is None or first.due_ms > now_ms:
                self.now_ms = now_ms
                return decided
            self.now_ms = max(self.now_ms, first.due_ms)
            seen: list[Decided] = []
            if first.kind is DeadlineKind.REPLICA_SILENT and first.key[0] not in self.silent:
                seen = self.hear(e.NotifierAlive(replica_id=first.key[0]))
            # A replica that holds nobody's connection any more is not seen, and forgotten.
            decided += seen or self.hear(e.ClockTicked(owner="owner"))
        raise AssertionError("the clock ticks without end")

    def prove_log(self) -> None:
        """What the log tells, and what a save holds, is the state that deciding left."""
        live = self.engine.canonical_hash()
        folded = Engine()
        for record in self.records:
            folded.fold(record)
        check_all(folded.state)
        assert folded.canonical_hash() == live, "the log tells another story"
        restored = Engine.restore(self.engine.state.documents(), now_ms=self.engine.now_ms)
        check_all(restored.state)
        assert restored.canonical_hash() == live, "the save holds another state"

    def _record(
        self, event: Event | None, event_id: str, decisions: tuple[d.AnyDecision, ...]
    ) -> None:
        record = DecisionRecord(
            epoch=0,
            number=self.offset + 1,
            event_offset=self.offset,
            event_id=event_id,
            event_type=event.type if event is not None else "",
            now_ms=self.engine.now_ms,
            decisions=decisions,
        )
        decoded = decode_record(encode_record(record))
        assert isinstance(decoded, DecisionRecord)
        self.records.append(decoded)
        self.offset += 1


def _but_memory(documents: tuple[Change, ...]) -> list[Change]:
    """All but the ids of decided events, of which a refused one is one."""
    return [change for change in documents if change.kind != "remembered_ids"]
