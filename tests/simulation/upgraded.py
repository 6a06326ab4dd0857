"""The real engine with a planted bug, and an upgraded release of it that chooses other agents."""

from collections.abc import Iterable
from typing import Self
from unittest.mock import patch

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.events import MessageReceived
from libs.common.contracts.wire import Event
from services.router.core import matching, placing
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.matching import Candidate
from services.router.core.state import Change, PartitionState

POISON = "poison"


def shortest_idle_first(
    state: PartitionState, item: WorkItem, *, at_least: int = 1
) -> list[Candidate]:
    """Another matching policy: the same agents, the other way round."""
    return list(reversed(matching.agents_for(state, item, at_least=at_least)))


class VulnerableEngine(Engine):
    """Breaks on one message, after it has spoiled its state."""

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
        return decisions


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
