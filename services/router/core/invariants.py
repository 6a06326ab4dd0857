"""What must always hold, checked after each event for all that it touched, in production as well.

A violation is a bug of ours: the event is not decided, and the state is thrown away and folded
anew from the log.
"""

from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, ContactPoint, Conversation, WorkItem
from services.router.core.lifecycle import OWNED
from services.router.core.matching import agents_for
from services.router.core.state import Key, PartitionState

_HOLDING = OWNED | {S.RESERVED, S.WRAPPING_UP}


class InvariantViolatedError(Exception):
    """The state contradicts itself; the message names the rule and the ids."""


def check_touched(state: PartitionState) -> None:
    """Check the entities that this turn changed. Raises InvariantViolatedError."""
    _check(state, list(state.touched))


def check_all(state: PartitionState) -> None:
    """Check everything, as simulations do after each event. Raises InvariantViolatedError."""
    _check(state, [(kind, key) for kind, table in state.tables.items() for key in table])


def _check(state: PartitionState, entities: list[tuple[str, Key]]) -> None:
    for kind, key in entities:
        entity = state.tables[kind].get(key)
        if isinstance(entity, WorkItem):
            check_item(state, entity)
        elif isinstance(entity, Agent):
            check_agent(state, entity)
        elif isinstance(entity, Conversation):
            _check_conversation(state, entity)


def check_item(state: PartitionState, item: WorkItem) -> None:
    """One owner at most (I4), and nobody waits beside a free agent (I8, R10)."""
    label = f"work item {item.work_item_id}"
    _demand((item.state in _HOLDING) == (item.agent_id is not None), f"I4: {label}: holder")
    _demand((item.state is S.RESERVED) == (item.reservation_id is not None), f"I4: {label}: offer")
    index = state.index_of((item.tenant_id, item.desk_id))
    is_in_line = item.work_item_id in index.lines.places()
    _demand((item.state is S.QUEUED) == is_in_line, f"I8: {label}: line")
    if item.state is S.QUEUED and not _is_rematching(state, item):
        _demand(not agents_for(index, item), f"I8: {label}: waits beside a free agent")


def check_agent(state: PartitionState, agent: Agent) -> None:
    """The load is what the items hold (I5), and no more than the capacity for what is new."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    held = state.held.get(key, {})
    for work_item_id, units in held.items():
        item = state.get(WorkItem, work_item_id)
        _demand(item is not None and item.held_units == units, f"I5: agent {key[2]}: leak")


def _is_rematching(state: PartitionState, item: WorkItem) -> bool:
    desk = state.tables["desk"].get((item.tenant_id, item.desk_id))
    return getattr(desk, "rematch_due_ms", None) is not None


def _check_conversation(state: PartitionState, conversation: Conversation) -> None:
    key = (conversation.tenant_id, conversation.desk_id, conversation.contact_point_id)
    point = state.get(ContactPoint, *key)
    is_open_there = point is not None and point.conversation_id == conversation.conversation_id
    _demand(is_open_there, f"I4: conversation {conversation.conversation_id}: contact point")


def _demand(holds: bool, rule: str) -> None:  # noqa: FBT001 - reads as a sentence where it is used
    if not holds:
        raise InvariantViolatedError(rule)
