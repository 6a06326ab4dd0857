"""What the engine remembers of a conversation beyond its work items: that it may be reopened.

Plain mutable records like those of `entities`, changed by `evolve_aftercare` alone.
"""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class ClosedConversation:
    """A thread that is over and may go on until `until_ms`, after its last place `sequence` (R23).

    Known to its contact point until another thread of the same point is over.
    """

    tenant_id: str
    desk_id: str
    conversation_id: str
    contact_point_id: str
    sequence: int
    closed_ms: int
    until_ms: int
    opened_ms: int = 0
