"""The real engine with a planted bug, and an upgraded release of it that chooses other agents."""

from collections.abc import Iterable
from typing import Self
from unittest.mock import patch

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.events import MessageReceived
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.wire import Event
from services.router.core import matching, placing
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.matching import Candidate
from services.router.core.state import Change, PartitionState
from tests.simulation.rolling import RollingDigest

POISON = "poison"
UPGRADED = 2


def shortest_idle_first(
    state: PartitionState, item: WorkItem, *, at_least: int = 1
) -> list[Candidate]:
    """Another matching policy: the same agents, the other way round."""
    return list(reversed(matching.agents_for(state, item, at_least=at_least)))


class VulnerableEngine(Engine):
    """Breaks on one message, after it has spoiled its state. Keeps a digest of its state."""

    def __init__(self, state: PartitionState | None = None) -> None:
        super().__init__(state)
        self._digest = RollingDigest(self.state)

    @classmethod
    def restore(cls, documents: Iterable[Change], *, now_ms: int) -> Self:
        """As the engine's."""
        return cls(Engine.restore(documents, now_ms=now_ms).state)

    def decide(
        self, event: Event | None, *, event_id: str, event_offset: int, appended_at_ms: int
    ) -> tuple[AnyDecision, ...]:
        """As the engine's, but for the bug."""
        decisions = super().decide(
            event, event_id=event_id, event_offset=event_offset, appended_at_ms=appended_at_ms
        )
        if event and isinstance(event.data, MessageReceived) and event.data.content.text == POISON:
            raise RuntimeError(POISON)
        self._digest.follow()
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
        """As the engine's."""
        decisions = super().refuse(
            event,
            event_id=event_id,
            event_offset=event_offset,
            appended_at_ms=appended_at_ms,
            reason=reason,
        )
        self._digest.follow()
        return decisions

    def fold(self, record: DecisionRecord) -> None:
        """As the engine's."""
        super().fold(record)
        self.follow()

    def follow(self) -> None:
        """Take in what was folded by somebody else."""
        self._digest.follow()

    def canonical_hash(self) -> str:
        """The digest that was kept up."""
        return self._digest.word()

    def full_hash(self) -> str:
        """The same, computed anew from everything."""
        return RollingDigest(self.state).word()


class UpgradedEngine(VulnerableEngine):
    """A later release, which matches otherwise and still has the bug."""

    def decide(
        self, event: Event | None, *, event_id: str, event_offset: int, appended_at_ms: int
    ) -> tuple[AnyDecision, ...]:
        """As the engine's, with the other policy."""
        with patch.object(placing, "agents_for", shortest_idle_first):
            return super().decide(
                event, event_id=event_id, event_offset=event_offset, appended_at_ms=appended_at_ms
            )
