"""Troubles of a conversation and the levels that are pending because of them (R26).

Pure calculation on the entities. A level is pending while its trouble lasts; it fires `after_s`
after the trouble began and again as often as its policy says, each counted from the firing before,
so that after an outage repeats don't come all at once. Whatever ends the trouble ends it.
"""

from libs.common.contracts.configuration import EscalationLevel, EscalationPolicy
from libs.common.contracts.decisions import PendingLevel
from libs.common.contracts.terms import Trouble
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Conversation, WorkItem
from services.router.core.lifecycle import WAITING
from services.router.core.promises import Escalation, SlaInstance
from services.router.core.state import PartitionState

# However often a customer comes back: what fires more than this for one item helps nobody.
FIRINGS_OF_ITEM_MAX = 256


def trouble_since(item: WorkItem, instance: SlaInstance | None, trouble: Trouble) -> int | None:
    """Since when the conversation is in this trouble, by the oldest clock that is; None: not.

    A clock that stands still is not at risk: it is the customer's turn. What is broken stays so.
    """
    if trouble is Trouble.WAITING:
        return item.waiting_since_ms if item.state in WAITING else None
    clocks = instance.clocks if instance is not None else ()
    if trouble is Trouble.BREACHED:
        since = (clock.breached_since_ms for clock in clocks)
    else:
        since = (clock.at_risk_since_ms for clock in clocks if clock.due_ms is not None)
    return min((one for one in since if one is not None), default=None)


def pending_levels(
    escalation: Escalation,
    policy: EscalationPolicy | None,
    item: WorkItem,
    instance: SlaInstance | None,
) -> tuple[PendingLevel, ...]:
    """The levels that fire some time if nothing changes, in their order."""
    if policy is None or escalation.fired >= FIRINGS_OF_ITEM_MAX:
        return ()
    found = (
        _pending(escalation, number, level, trouble_since(item, instance, level.trouble))
        for number, level in enumerate(policy.levels, start=1)
    )
    return tuple(one for one in found if one is not None)


def _pending(
    escalation: Escalation, number: int, level: EscalationLevel, since_ms: int | None
) -> PendingLevel | None:
    if since_ms is None or since_ms <= escalation.acknowledged_ms:
        return None
    firings = escalation.firings_of(number)
    repeat, due_ms = 0, since_ms + 1_000 * level.after_s
    if firings is not None and firings.since_ms == since_ms:
        if firings.again_ms is None:
            return None
        repeat, due_ms = firings.count, firings.again_ms
    return PendingLevel(
        level=number, repeat=repeat, trouble=level.trouble, since_ms=since_ms, due_ms=due_ms
    )


def next_level(escalation: Escalation) -> PendingLevel | None:
    """The level that is due first; of several, the lower one."""
    return min(escalation.pending, key=lambda one: (one.due_ms, one.level), default=None)


def index_escalation(state: PartitionState, escalation: Escalation) -> None:
    """The pending levels have changed: what falls due."""
    first = next_level(escalation)
    due_ms = first.due_ms if first is not None else None
    state.deadlines.set(DeadlineKind.ESCALATION, (escalation.conversation_id,), due_ms)


def escalation_broken_by(state: PartitionState, escalation: Escalation) -> str:
    """What contradicts itself: a pending level has a deadline, finished work has none.

    Empty where nothing does.
    """
    if state.get(Conversation, escalation.conversation_id) is None:
        return "finished work escalates"
    if state.get(WorkItem, escalation.work_item_id) is None:
        return "no item"
    first = next_level(escalation)
    due_ms = state.deadlines.due_ms(DeadlineKind.ESCALATION, (escalation.conversation_id,))
    return "deadline" if due_ms != (first.due_ms if first is not None else None) else ""
