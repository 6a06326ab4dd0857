"""Which conversations are open at a contact point: mostly one, after a split several (R21, R22).

The first of them is the one that a message goes to. A conversation that others were merged into
is open at their contact points too.
"""

from services.router.core.entities import ContactPoint, Conversation


def open_at(point: ContactPoint) -> list[str]:
    """All open conversations of the contact point, the one that goes on first."""
    return [one for one in (point.conversation_id, *point.also_open) if one is not None]


def set_open(point: ContactPoint, conversation_ids: list[str]) -> None:
    """These are open there, each once."""
    once = list(dict.fromkeys(conversation_ids))
    point.conversation_id = once[0] if once else None
    point.also_open = once[1:]


def points_of(conversation: Conversation) -> tuple[str, ...]:
    """The contact points that the conversation is open at, its own first."""
    return (conversation.contact_point_id, *conversation.merged_points)
