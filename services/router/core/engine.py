"""The engine's door: one event in, its decisions out, and the same state from the log.

`decide` is used once for each event, by the owner of the partition; from then on what was
published is what happened, and everyone else folds. Both leave the same state behind: decide emits
decisions that are evolved at once, fold evolves the same decisions again.
"""

import hashlib
from collections.abc import Iterable

import orjson

from libs.common.contracts import events as e
from libs.common.contracts.decisions import AnyDecision, EventRefused
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.wire import Event
from services.router.core import memory
from services.router.core.dispatch import dispatch
from services.router.core.documents import read_entity
from services.router.core.entities import Entity
from services.router.core.escalating import conclude
from services.router.core.evolve import evolve
from services.router.core.invariants import check_touched
from services.router.core.placing import settle
from services.router.core.reindexing import take_in
from services.router.core.state import Change, Key, PartitionState
from services.router.core.turn import Refused, Turn

ENGINE_VERSION = "2"
DECISIONS_MAX = 512


class Engine:
    """One partition's routing. Deterministic: same state and event, same decisions."""

    def __init__(self, state: PartitionState | None = None) -> None:
        self.state = state or PartitionState()

    @classmethod
    def restore(cls, documents: Iterable[Change], *, now_ms: int) -> "Engine":
        """The engine as it was saved. Raises pydantic's ValidationError on a foreign document."""
        state = PartitionState()
        state.now_ms = now_ms
        found: dict[str, dict[Key, Entity]] = {}
        for change in documents:
            entity, key = read_entity(change)
            found.setdefault(change.kind, {})[key] = entity
        take_in(state, found)
        # An agent over a lowered limit was not given too much.
        state.over_limit.clear()
        memory.restore(state)
        return cls(state)

    @property
    def now_ms(self) -> int:
        """Engine time in milliseconds: never goes back (I9)."""
        return self.state.now_ms

    def next_deadline_ms(self) -> int | None:
        """When a tick would next change something; None when nothing ever falls due."""
        first = self.state.deadlines.first()
        return first.due_ms if first is not None else None

    def decide(
        self, event: Event | None, *, event_id: str, event_offset: int, appended_at_ms: int
    ) -> tuple[AnyDecision, ...]:
        """Decide one event (None: it could not be decoded); the state follows.

        Empty for a repeat. An illegal event gives one `EventRefused` and changes nothing else.
        Raises InvariantViolatedError or IllegalTransitionError on a bug of ours: the state is
        spoiled then and must be folded anew.
        """
        turn = self._begin(event_id, event_offset, appended_at_ms)
        is_tick = event is not None and type(event.data) is e.ClockTicked
        if not is_tick and memory.is_repeat(self.state, event_id):
            return ()
        try:
            dispatch(turn, event)
            settle(turn)
        except Refused as refused:
            turn.emit(_refusal(event, refused))
        if self.state.tables["desk_promises"]:
            conclude(turn, event)
        if len(turn.decisions) > DECISIONS_MAX:
            raise OverflowError(f"event {event_id} caused {len(turn.decisions)} decisions")
        check_touched(self.state)
        if not is_tick:
            memory.remember(self.state, event_id, event_offset)
        return tuple(turn.decisions)

    def refuse(
        self,
        event: Event | None,
        *,
        event_id: str,
        event_offset: int,
        appended_at_ms: int,
        reason: RefusalReason,
    ) -> tuple[AnyDecision, ...]:
        """Refuse an event without looking into it (it broke earlier attempts)."""
        turn = self._begin(event_id, event_offset, appended_at_ms)
        turn.emit(_refusal(event, Refused(reason)))
        is_tick = event is not None and type(event.data) is e.ClockTicked
        if not is_tick and not memory.is_repeat(self.state, event_id):
            memory.remember(self.state, event_id, event_offset)
        return tuple(turn.decisions)

    def fold(self, record: DecisionRecord) -> None:
        """Apply a counted record: the same effect on the state as deciding had."""
        self.state.touched.clear()
        self.state.now_ms = record.now_ms
        for decision in record.decisions:
            evolve(self.state, decision)
        is_tick = record.event_type == e.ClockTicked.type
        if not is_tick and not memory.is_repeat(self.state, record.event_id):
            memory.remember(self.state, record.event_id, record.event_offset)

    def take_changes(self) -> tuple[Change, ...]:
        """What changed since the last take, for the next save."""
        return self.state.take_changes()

    def canonical_hash(self) -> str:
        """A digest of everything that is saved, the same for equal states."""
        documents = [
            [change.kind, change.id, orjson.loads(change.document or b"null")]
            for change in self.state.documents()
        ]
        encoded = orjson.dumps([self.now_ms, documents], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(encoded).hexdigest()

    def _begin(self, event_id: str, event_offset: int, appended_at_ms: int) -> Turn:
        self.state.touched.clear()
        self.state.over_limit.clear()
        self.state.now_ms = max(self.state.now_ms, appended_at_ms)
        return Turn(self.state, event_id=event_id, event_offset=event_offset)


def _refusal(event: Event | None, refused: Refused) -> EventRefused:
    data = event.data if event is not None else None
    return EventRefused(
        tenant_id=event.tenant_id if event is not None else "",
        desk_id=event.desk_id if event is not None else "",
        reason=refused.reason,
        event_type=event.type if event is not None else "",
        agent_id=getattr(data, "agent_id", None),
        subject_id=refused.subject_id,
        detail=refused.detail,
    )
