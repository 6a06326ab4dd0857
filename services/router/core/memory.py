"""Which events were decided already: a memory of ids that is finite and part of the state.

Ids are remembered in stretches of event offsets and forgotten a whole stretch at a time, by
engine time and by number. What is older than the memory reaches can't be told from a repeat, and
what comes from the future would outlive it, so both are refused, visibly.
"""

from services.router.core.entities import RememberedIds
from services.router.core.indexing import index_remembered
from services.router.core.state import PartitionState

WINDOW_MS = 48 * 3_600 * 1_000
# Clocks differ by this at most. A repeat is too old by the time its id may be forgotten.
AHEAD_MS = 5 * 60 * 1_000
OFFSETS_PER_STRETCH = 512
STRETCHES_MAX = 1_000


def is_repeat(state: PartitionState, event_id: str) -> bool:
    """Whether an event of this id was decided within the window."""
    return event_id in state.remembered


def is_too_old(state: PartitionState, event_time_ms: int) -> bool:
    """Whether the memory no longer reaches back to when the sender says it happened."""
    return event_time_ms < state.now_ms - WINDOW_MS + AHEAD_MS


def is_from_the_future(state: PartitionState, event_time_ms: int) -> bool:
    """Whether the sender's clock is so far ahead that the event would outlive the memory of it."""
    return event_time_ms > state.now_ms + AHEAD_MS


def remember(state: PartitionState, event_id: str, event_offset: int) -> None:
    """Remember the id of a decided event, and forget stretches beyond the limits."""
    number = event_offset // OFFSETS_PER_STRETCH
    key = _key(number)
    if state.get(RememberedIds, *key) is None:
        _forget_oldest(state)
        state.add(RememberedIds(stretch=number), *key)
    stretch = state.changing(RememberedIds, *key)
    stretch.event_ids.append(event_id)
    stretch.newest_ms = state.now_ms
    state.remembered[event_id] = number


def restore(state: PartitionState) -> None:
    """Know again what the restored stretches hold."""
    for key in sorted(state.tables["remembered_ids"]):
        index_remembered(state, state.need(RememberedIds, *key))


def _forget_oldest(state: PartitionState) -> None:
    """Looked at once for each new stretch: what is out of reach by then is forgotten."""
    table = state.tables["remembered_ids"]
    for key in sorted(table):
        stretch = state.need(RememberedIds, *key)
        if stretch.newest_ms >= state.now_ms - WINDOW_MS and len(table) < STRETCHES_MAX:
            return
        for event_id in stretch.event_ids:
            state.remembered.pop(event_id, None)
        state.drop(RememberedIds, *key)


def _key(stretch: int) -> tuple[str]:
    return (f"{stretch:012d}",)
