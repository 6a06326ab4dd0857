"""Which levels are pending for a conversation: set anew whenever its trouble begins, changes, ends.

The levels are read from the state after an event, whichever decisions led there; they are a
decision only where they differ from what was pending.
"""

from dataclasses import replace
from typing import Literal

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from services.router.core.entities import Conversation, Desk, WorkItem
from services.router.core.escalations import pending_levels
from services.router.core.promises import DeskPromises, Escalation, SlaInstance
from services.router.core.sla import terms_of
from services.router.core.turn import Refused, Turn


def begin_levels(turn: Turn, queued: d.WorkItemQueued | d.WorkItemRelaxed) -> None:
    """The item stands in a line: in that of another queue than before, a policy begins with it.

    That of its SLA policy goes before that of the queue.
    """
    promises = turn.state.get(DeskPromises, queued.tenant_id, queued.desk_id)
    if promises is None:
        return
    before = turn.state.get(Escalation, queued.conversation_id)
    if before is not None and before.queue_id == queued.queue_id:
        set_levels(turn, queued.conversation_id)
        return
    terms_id = _terms_for(turn, promises, queued)
    if before is not None:
        _set(turn, replace(before, queue_id=queued.queue_id, terms_id=terms_id))
    elif terms_id:
        escalation = Escalation(
            tenant_id=queued.tenant_id,
            desk_id=queued.desk_id,
            work_item_id=queued.work_item_id,
            conversation_id=queued.conversation_id,
            queue_id=queued.queue_id,
            terms_id=terms_id,
        )
        _set(turn, escalation)


def set_levels(turn: Turn, conversation_id: str) -> None:
    """Let the pending levels be those of the trouble as it is now."""
    escalation = turn.state.get(Escalation, conversation_id)
    if escalation is not None and _levels(turn, escalation) != tuple(escalation.pending):
        _set(turn, escalation)


def stop_levels(turn: Turn, conversation_id: str) -> None:
    """The conversation is closed: completion cancels (R26)."""
    escalation = turn.state.get(Escalation, conversation_id)
    if escalation is not None:
        _stop(turn, escalation, cause="closed", by_agent_id=None)


def acknowledge(turn: Turn, desk: Desk, acknowledged: e.EscalationAcknowledged) -> None:
    """A supervisor sees to it: nothing more fires for the troubles that there are.

    Refuses where nothing has fired. That it is a supervisor was checked at the door.
    """
    subject_id = acknowledged.conversation_id
    conversation = turn.state.get(Conversation, subject_id)
    if conversation is None or (conversation.tenant_id, conversation.desk_id) != desk.key:
        raise Refused(RefusalReason.UNKNOWN_CONVERSATION, subject_id=subject_id)
    escalation = turn.state.get(Escalation, subject_id)
    if escalation is None or not escalation.fired:
        detail = "nothing was escalated"
        raise Refused(RefusalReason.ILLEGAL_TRANSITION, subject_id=subject_id, detail=detail)
    _stop(turn, escalation, cause="acknowledged", by_agent_id=acknowledged.agent_id)


def _terms_for(
    turn: Turn, promises: DeskPromises, queued: d.WorkItemQueued | d.WorkItemRelaxed
) -> str:
    instance = turn.state.get(SlaInstance, queued.conversation_id)
    own = terms_of(turn.state, instance).escalation_id if instance is not None else ""
    queue = turn.state.index_of((queued.tenant_id, queued.desk_id)).queues.get(queued.queue_id)
    named = queue.escalation_policy if queue is not None else None
    return own or promises.escalation_of.get(named or "", "")


def _levels(turn: Turn, escalation: Escalation) -> tuple[d.PendingLevel, ...]:
    promises = turn.state.need(DeskPromises, escalation.tenant_id, escalation.desk_id)
    item = turn.state.need(WorkItem, escalation.work_item_id)
    instance = turn.state.get(SlaInstance, escalation.conversation_id)
    return pending_levels(escalation, promises.escalations.get(escalation.terms_id), item, instance)


def _set(turn: Turn, escalation: Escalation) -> None:
    turn.emit(
        d.EscalationLevelsSet(
            tenant_id=escalation.tenant_id,
            desk_id=escalation.desk_id,
            work_item_id=escalation.work_item_id,
            conversation_id=escalation.conversation_id,
            queue_id=escalation.queue_id,
            policy_id=_policy_id(turn, escalation),
            terms_id=escalation.terms_id,
            levels=_levels(turn, escalation),
        )
    )


def _stop(
    turn: Turn,
    escalation: Escalation,
    *,
    cause: Literal["acknowledged", "closed"],
    by_agent_id: str | None,
) -> None:
    turn.emit(
        d.EscalationStopped(
            tenant_id=escalation.tenant_id,
            desk_id=escalation.desk_id,
            work_item_id=escalation.work_item_id,
            conversation_id=escalation.conversation_id,
            policy_id=_policy_id(turn, escalation),
            cause=cause,
            by_agent_id=by_agent_id,
        )
    )


def _policy_id(turn: Turn, escalation: Escalation) -> str:
    promises = turn.state.need(DeskPromises, escalation.tenant_id, escalation.desk_id)
    policy = promises.escalations.get(escalation.terms_id)
    return policy.escalation_policy_id if policy is not None else ""
