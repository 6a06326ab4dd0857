"""A tiny engine with every property that the protocol relies on, and some that tempt it.

It counts replicas, remembers event ids, has deadlines and an order-sensitive state. The replica's
name says how an event behaves: `poison` breaks decide (after spoiling the state), `huge` makes too
large a record, `idle` decides nothing, `refuse` asks for a dead letter. Version 2 decides
differently from version 1.
"""

import hashlib
from collections.abc import Iterable

import orjson

from libs.common.contracts.decisions import (
    AnyDecision,
    EventRefused,
    ReplicaLost,
    ReplicaSeen,
)
from libs.common.contracts.events import ClockTicked, NotifierAlive
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.wire import Event
from services.router.core.state import Change

WINDOW_MS = 60_000
SILENT_MS = 400
LOST_PER_TICK_MAX = 1
HUGE_DECISIONS = 40
Key = tuple[str, str]


class PoisonError(RuntimeError):
    """The planted bug that one event reaches."""


class TinyEngine:
    """See the module; the interface is that of the router's engine."""

    deduplicates_ticks = False

    def __init__(self, version: int = 1) -> None:
        self.version = version
        self.documents: dict[Key, dict[str, object]] = {}
        self._changed: dict[Key, None] = {}
        self._now_ms = 0

    @classmethod
    def restore(cls, documents: Iterable[Change], now_ms: int, version: int = 1) -> "TinyEngine":
        """The engine as it was saved."""
        engine = cls(version)
        engine._now_ms = now_ms
        for change in documents:
            if change.document is not None:
                engine.documents[change.kind, change.id] = orjson.loads(change.document)
        return engine

    @property
    def now_ms(self) -> int:
        """Engine time in milliseconds."""
        return self._now_ms

    def decide(
        self, event: Event | None, *, event_id: str, event_offset: int, appended_at_ms: int
    ) -> tuple[AnyDecision, ...]:
        """Decide and evolve."""
        self._now_ms = max(self._now_ms, appended_at_ms)
        decisions = self._decisions(event, event_id)
        self._apply(event_id, event.type if event else "", event_offset, decisions)
        return decisions

    def refuse(
        self,
        event: Event | None,
        *,
        event_id: str,
        event_offset: int,
        appended_at_ms: int,
        reason: RefusalReason,
    ) -> tuple[AnyDecision, ...]:
        """Refuse and remember."""
        self._now_ms = max(self._now_ms, appended_at_ms)
        event_type = event.type if event else ""
        decisions = (_refusal(reason, event_type),)
        self._apply(event_id, event_type, event_offset, decisions)
        return decisions

    def fold(self, record: DecisionRecord) -> None:
        """Apply a record that counts."""
        self._now_ms = record.now_ms
        self._apply(record.event_id, record.event_type, record.event_offset, record.decisions)

    def next_deadline_ms(self) -> int | None:
        """When the next replica counts as silent."""
        dues = [int(str(doc["due_ms"])) for (kind, _), doc in self._documents("replica")]
        return min(dues, default=None)

    def take_changes(self) -> tuple[Change, ...]:
        """What changed since the last take."""
        changed, self._changed = self._changed, {}
        found = [(kind, key, self.documents.get((kind, key))) for kind, key in changed]
        return tuple(
            Change(kind, key, orjson.dumps(doc) if doc else None) for kind, key, doc in found
        )

    def canonical_hash(self) -> str:
        """The whole state in one word."""
        ordered = [[*key, doc] for key, doc in sorted(self.documents.items())]
        return hashlib.blake2b(
            orjson.dumps([self._now_ms, ordered], option=orjson.OPT_SORT_KEYS), digest_size=8
        ).hexdigest()

    def _documents(self, kind: str) -> list[tuple[Key, dict[str, object]]]:
        return [(key, doc) for key, doc in self.documents.items() if key[0] == kind]

    def _decisions(self, event: Event | None, event_id: str) -> tuple[AnyDecision, ...]:
        if event is None:
            return (_refusal(RefusalReason.UNDECODABLE, ""),)
        is_tick = isinstance(event.data, ClockTicked)
        if self._remembers(event_id) and (self.deduplicates_ticks or not is_tick):
            return ()
        if isinstance(event.data, NotifierAlive):
            return self._alive(event, event.data.replica_id)
        due = sorted(key for (_, key), doc in self._documents("replica") if self._is_due(doc))
        return tuple(_lost(key) for key in due[:LOST_PER_TICK_MAX])

    def _alive(self, event: Event, replica_id: str) -> tuple[AnyDecision, ...]:
        if event.time_ms < self._now_ms - WINDOW_MS:
            return (_refusal(RefusalReason.TOO_OLD, event.type),)
        if replica_id.startswith("poison"):
            self._put("chain", "chain", {"value": "spoilt"})
            raise PoisonError(replica_id)
        if replica_id.startswith("huge"):
            return tuple(_seen(f"{replica_id}.{place}") for place in range(HUGE_DECISIONS))
        if replica_id.startswith("refuse"):
            return (_refusal(RefusalReason.LIMIT_REACHED, event.type),)
        if replica_id.startswith("idle"):
            return () if self.version == 1 else (_seen(replica_id),)
        seen = (_seen(replica_id),)
        return seen if self.version == 1 else (*seen, _seen(f"{replica_id}.v2"))

    def _apply(
        self, event_id: str, event_type: str, offset: int, decisions: tuple[AnyDecision, ...]
    ) -> None:
        for key, doc in self._documents("id"):
            if int(str(doc["at_ms"])) < self._now_ms - 2 * WINDOW_MS:
                self._drop(*key)
        if event_type != ClockTicked.type or self.deduplicates_ticks:
            self._put("id", event_id, {"at_ms": self._now_ms})
        for decision in decisions:
            self._evolve(decision)
        chain = self.documents.get(("chain", "chain"), {})
        link = orjson.dumps([chain.get("value"), offset, [str(one.type) for one in decisions]])
        digest = hashlib.blake2b(link, digest_size=8).hexdigest()
        self._put("chain", "chain", {"value": digest})

    def _evolve(self, decision: AnyDecision) -> None:
        if isinstance(decision, ReplicaSeen):
            before = self.documents.get(("replica", decision.replica_id), {})
            seen = int(str(before.get("seen", 0))) + 1
            due_ms = self._now_ms + SILENT_MS
            self._put("replica", decision.replica_id, {"seen": seen, "due_ms": due_ms})
        elif isinstance(decision, ReplicaLost):
            self._drop("replica", decision.replica_id)

    def _is_due(self, doc: dict[str, object]) -> bool:
        return int(str(doc["due_ms"])) <= self._now_ms

    def _remembers(self, event_id: str) -> bool:
        return ("id", event_id) in self.documents

    def _put(self, kind: str, key: str, document: dict[str, object]) -> None:
        self.documents[kind, key] = document
        self._changed[kind, key] = None

    def _drop(self, kind: str, key: str) -> None:
        self.documents.pop((kind, key), None)
        self._changed[kind, key] = None


def _seen(replica_id: str) -> ReplicaSeen:
    return ReplicaSeen(tenant_id="", desk_id="", replica_id=replica_id)


def _lost(replica_id: str) -> ReplicaLost:
    return ReplicaLost(tenant_id="", desk_id="", replica_id=replica_id)


def _refusal(reason: RefusalReason, event_type: str) -> EventRefused:
    return EventRefused(tenant_id="", desk_id="", reason=reason, event_type=event_type)
