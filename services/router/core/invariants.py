"""What must always hold, checked after each event for all that it touched, in production as well.

A violation is a bug of ours: the event is not decided, and the state is thrown away and folded
anew from the log.
"""

from collections.abc import Callable, Iterable
from typing import Any

from libs.common.contracts.terms import WorkItemState as S
from services.router.core.alert_windows import AlertWindow
from services.router.core.capacity import Held
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Agent, ContactPoint, Conversation, WorkItem
from services.router.core.escalations import escalation_broken_by
from services.router.core.indexing import held_by
from services.router.core.lifecycle import OWNED
from services.router.core.matching import agents_for
from services.router.core.promises import Escalation, SlaInstance
from services.router.core.sla import broken_by
from services.router.core.state import Key, PartitionState
from services.router.core.threads import open_at, points_of

_NOTHING_HELD: dict[Any, Held] = {}
_HOLDING = OWNED | {S.WRAPPING_UP}


class InvariantViolatedError(Exception):
    """The state contradicts itself; the message names the rule and the ids."""


def check_touched(state: PartitionState) -> None:
    """Check the entities that this turn changed. Raises InvariantViolatedError."""
    for key in state.over_limit:
        raise _violated("I5: agent", key[2], "was given more than fits")
    _check(state, state.touched)


def check_all(state: PartitionState) -> None:
    """Check everything, as simulations do after each event. Raises InvariantViolatedError."""
    _check(state, [(kind, key) for kind, table in state.tables.items() for key in table])


def _check(state: PartitionState, entities: Iterable[tuple[str, Key]]) -> None:
    tables = state.tables
    for kind, key in entities:
        check = _CHECKS.get(kind)
        if check is not None and (entity := tables[kind].get(key)) is not None:
            check(state, entity)


def check_item(state: PartitionState, item: WorkItem) -> None:
    """One owner at most (I4), and nobody waits beside a free agent (I8, R10)."""
    label = item.work_item_id
    if (item.state in _HOLDING) != (item.agent_id is not None):
        raise _violated("I4: work item", label, "holder")
    if (item.state is S.RESERVED) != bool(item.offered):
        raise _violated("I4: work item", label, "offer")
    index = state.index_of((item.tenant_id, item.desk_id))
    is_waiting = item.state is S.QUEUED and item.hold_agent_id is None
    line = index.lines.line_with(label)
    if is_waiting != (line is not None):
        raise _violated("I8: work item", label, "line")
    for holder, held in held_by(item).items():
        if state.held.get(holder, {}).get(label) != held:
            raise _violated("I5: work item", label, "not counted")
    if item.capacity_agent_id is not None or item.hold_agent_id is not None:
        _check_holds(state, item, label)
    # Under overload nobody has room for the item's kind, which is asked first: it costs least.
    if (
        line is not None
        and index.bench.has_room(line.populations, line.kind.bit)
        and index.lines.is_open(item.queue_id)
        and agents_for(state, item)
        and not _is_rematching(state, item)
    ):
        raise _violated("I8: work item", label, "waits beside a free agent")


def _check_holds(state: PartitionState, item: WorkItem, label: str) -> None:
    """An agent and an item are kept for each other, and only where the other knows (R6, R11)."""
    if item.capacity_agent_id is not None:
        agent = state.need(Agent, item.tenant_id, item.desk_id, item.capacity_agent_id)
        if agent.kept_for != label:
            raise _violated("R6: work item", label, "agent")
        if item.state is not S.QUEUED:
            raise _violated("R6: work item", label, "state")
        if not agent.is_present:
            raise _violated("R6: work item", label, "absent agent")
    if item.hold_agent_id is not None and item.state is not S.QUEUED:
        raise _violated("R11: work item", label, "state")


def check_agent(state: PartitionState, agent: Agent) -> None:
    """The load is what the items hold (I5), and a kept agent is kept for an item that knows."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    holders_of = state.holders_of
    for work_item_id, held in state.held.get(key, _NOTHING_HELD).items():
        # What the item's own fields say was compared when the item was touched.
        if holders_of.get(work_item_id, _NOTHING_HELD).get(key) != held:
            raise _violated("I5: agent", key[2], "leak")
    if agent.kept_for is not None:
        item = state.get(WorkItem, agent.kept_for)
        if item is None or item.capacity_agent_id != agent.agent_id:
            raise _violated("R6: agent", key[2], "item")


def _is_rematching(state: PartitionState, item: WorkItem) -> bool:
    desk = state.tables["desk"].get((item.tenant_id, item.desk_id))
    return getattr(desk, "rematch_due_ms", None) is not None


def _check_conversation(state: PartitionState, conversation: Conversation) -> None:
    for contact_point_id in points_of(conversation):
        key = (conversation.tenant_id, conversation.desk_id, contact_point_id)
        point = state.get(ContactPoint, *key)
        if point is not None and conversation.conversation_id in open_at(point):
            continue
        raise _violated("I4: conversation", conversation.conversation_id, "contact point")


def _check_window(state: PartitionState, window: AlertWindow) -> None:
    """What is held is told some time, and nothing else falls due."""
    due_ms = state.deadlines.due_ms(DeadlineKind.ALERT, window.key)
    if due_ms != window.due_ms or (due_ms is None) != (window.held == 0):
        raise _violated("R26: alerts of", window.policy_id, "deadline")


def _check_clocks(state: PartitionState, instance: SlaInstance) -> None:
    broken = broken_by(state, instance)
    if broken:
        raise _violated("R25: conversation", instance.conversation_id, broken)


def _check_levels(state: PartitionState, escalation: Escalation) -> None:
    broken = escalation_broken_by(state, escalation)
    if broken:
        raise _violated("R26: work item", escalation.work_item_id, broken)


_CHECKS: dict[str, Callable[[PartitionState, Any], None]] = {
    "work_item": check_item,
    "agent": check_agent,
    "conversation": _check_conversation,
    "sla_instance": _check_clocks,
    "alert_window": _check_window,
    "escalation": _check_levels,
}


def _violated(rule: str, subject_id: str, what: str) -> InvariantViolatedError:
    return InvariantViolatedError(f"{rule} {subject_id}: {what}")
