"""What must always hold, checked after each event for all that it touched, in production as well.

A violation is a bug of ours: the event is not decided, and the state is thrown away and folded
anew from the log.
"""

from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, ContactPoint, Conversation, WorkItem
from services.router.core.escalations import escalation_broken_by
from services.router.core.indexing import held_by
from services.router.core.lifecycle import OWNED
from services.router.core.matching import agents_for
from services.router.core.promises import Escalation, SlaInstance
from services.router.core.sla import broken_by
from services.router.core.state import Key, PartitionState

_HOLDING = OWNED | {S.WRAPPING_UP}


class InvariantViolatedError(Exception):
    """The state contradicts itself; the message names the rule and the ids."""


def check_touched(state: PartitionState) -> None:
    """Check the entities that this turn changed. Raises InvariantViolatedError."""
    for key in state.over_limit:
        _demand(False, "I5: agent", key[2], "was given more than fits")  # noqa: FBT003 - it is so
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
        elif isinstance(entity, SlaInstance):
            broken = broken_by(state, entity)
            _demand(not broken, "R25: conversation", entity.conversation_id, broken)
        elif isinstance(entity, Escalation):
            broken = escalation_broken_by(state, entity)
            _demand(not broken, "R26: work item", entity.work_item_id, broken)


def check_item(state: PartitionState, item: WorkItem) -> None:
    """One owner at most (I4), and nobody waits beside a free agent (I8, R10)."""
    label = item.work_item_id
    _demand(
        (item.state in _HOLDING) == (item.agent_id is not None), "I4: work item", label, "holder"
    )
    _demand((item.state is S.RESERVED) == bool(item.offered), "I4: work item", label, "offer")
    index = state.index_of((item.tenant_id, item.desk_id))
    is_in_line = index.lines.line_with(item.work_item_id) is not None
    is_waiting = item.state is S.QUEUED and item.hold_agent_id is None
    _demand(is_waiting == is_in_line, "I8: work item", label, "line")
    for holder, held in held_by(item).items():
        counted = state.held.get(holder, {}).get(item.work_item_id)
        _demand(counted == held, "I5: work item", label, "not counted")
    _check_holds(state, item, label)
    if is_waiting and not _is_rematching(state, item):
        _demand(not agents_for(state, item), "I8: work item", label, "waits beside a free agent")


def _check_holds(state: PartitionState, item: WorkItem, label: str) -> None:
    """An agent and an item are kept for each other, and only where the other knows (R6, R11)."""
    if item.capacity_agent_id is not None:
        agent = state.need(Agent, item.tenant_id, item.desk_id, item.capacity_agent_id)
        _demand(agent.kept_for == item.work_item_id, "R6: work item", label, "agent")
        _demand(item.state is S.QUEUED, "R6: work item", label, "state")
        _demand(agent.is_present, "R6: work item", label, "absent agent")
    if item.hold_agent_id is not None:
        _demand(item.state is S.QUEUED, "R11: work item", label, "state")


def check_agent(state: PartitionState, agent: Agent) -> None:
    """The load is what the items hold (I5), and a kept agent is kept for an item that knows."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    for work_item_id, held in state.held.get(key, {}).items():
        item = state.get(WorkItem, work_item_id)
        is_true = item is not None and held_by(item).get(key) == held
        _demand(is_true, "I5: agent", key[2], "leak")
    if agent.kept_for is not None:
        item = state.get(WorkItem, agent.kept_for)
        is_mutual = item is not None and item.capacity_agent_id == agent.agent_id
        _demand(is_mutual, "R6: agent", key[2], "item")


def _is_rematching(state: PartitionState, item: WorkItem) -> bool:
    desk = state.tables["desk"].get((item.tenant_id, item.desk_id))
    return getattr(desk, "rematch_due_ms", None) is not None


def _check_conversation(state: PartitionState, conversation: Conversation) -> None:
    key = (conversation.tenant_id, conversation.desk_id, conversation.contact_point_id)
    point = state.get(ContactPoint, *key)
    is_open_there = point is not None and point.conversation_id == conversation.conversation_id
    _demand(is_open_there, "I4: conversation", conversation.conversation_id, "contact point")


def _demand(holds: bool, rule: str, subject_id: str, what: str) -> None:  # noqa: FBT001 - reads as a sentence where it is used
    """The message is put together only when it is needed, which is never."""
    if not holds:
        raise InvariantViolatedError(f"{rule} {subject_id}: {what}")
