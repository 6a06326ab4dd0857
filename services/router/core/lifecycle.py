"""The life of a work item: the transition table, and nothing else decides what may follow what.

Every move of an item is one row here. `docs/lifecycle.md` is drawn from this table, and an item
asked to make any other move raises and stays as it is.
"""

from libs.common.contracts.terms import WorkItemState as S
from libs.common.errors import IllegalTransitionError

# None is an item that does not exist yet.
TRANSITIONS: dict[S | None, frozenset[S]] = {
    None: frozenset({S.QUEUED}),
    # Queued again: moved to another line when its queue was removed.
    S.QUEUED: frozenset({S.QUEUED, S.RESERVED, S.CANCELED}),
    # Queued again: the reservation was rejected, timed out or was canceled.
    S.RESERVED: frozenset({S.ASSIGNED, S.QUEUED, S.CANCELED}),
    # Queued again: transferred or taken back. Canceled: merged into an older conversation.
    S.ASSIGNED: frozenset({S.QUEUED, S.PARKED, S.WRAPPING_UP, S.COMPLETED, S.CANCELED}),
    S.PARKED: frozenset({S.ASSIGNED, S.HELD, S.QUEUED, S.WRAPPING_UP, S.COMPLETED, S.CANCELED}),
    S.HELD: frozenset({S.ASSIGNED, S.QUEUED, S.WRAPPING_UP, S.COMPLETED, S.CANCELED}),
    S.WRAPPING_UP: frozenset({S.COMPLETED}),
    S.COMPLETED: frozenset(),
    S.CANCELED: frozenset(),
}

# The owner answers for the conversation in these states; nobody does in the others.
OWNED = frozenset({S.ASSIGNED, S.PARKED, S.HELD})
# An item that waits for an agent, whose wait escalates.
WAITING = frozenset({S.QUEUED, S.RESERVED})


def check_move(work_item_id: str, before: S | None, after: S) -> None:
    """Raise IllegalTransitionError, changing nothing, unless the table has this move."""
    if after not in TRANSITIONS[before]:
        raise IllegalTransitionError(f"work item {work_item_id}: {before} -> {after}")
