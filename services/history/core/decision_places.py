"""Where a decision stands in the log, and the entry that it makes there."""

from collections.abc import Mapping
from typing import NamedTuple

from libs.common.contracts.content import Content
from libs.common.contracts.decisions import Decision
from libs.common.identifiers import decision_id
from services.history.core.changes import (
    Entry,
    EntryKind,
    OfConversation,
    Origin,
    Party,
    Scalar,
)
from services.history.core.positions import Place, position_of


class DecisionPlace(NamedTuple):
    """One decision's place: its record's, the causing event's id, and its number (from 0).

    `beside` are all decisions of the record: what happened in the same instant.
    """

    place: Place
    event_id: str
    number: int
    beside: tuple[Decision, ...] = ()

    @property
    def now_ms(self) -> int:
        """The log's time of the decision, in milliseconds."""
        return self.place.appended_ms


def entry_at(
    at: DecisionPlace,
    decision: OfConversation,
    kind: EntryKind,
    *,
    entry_id: str | None = None,
    party: Party | None = None,
    sequence: int | None = None,
    agent_id: str | None = None,
    content: Content | None = None,
    details: Mapping[str, Scalar] | None = None,
) -> Entry:
    """The decision's entry in its own tenant and desk, under the decision's id if none is given."""
    return Entry(
        entry_id=entry_id or f"decision/{decision_id(at.event_id, at.number)}",
        position=position_of(at.place, at.number),
        tenant_id=decision.tenant_id,
        desk_id=decision.desk_id,
        origin=Origin.ROUTING,
        kind=kind,
        appended_ms=at.place.appended_ms,
        party=party,
        conversation_id=decision.conversation_id,
        sequence=sequence,
        agent_id=agent_id,
        content=content,
        details=details,
    )
