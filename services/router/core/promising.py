"""Promises kept: what the decisions of a turn mean for the clocks of its conversations.

The rules that decide about work know nothing of promises. When they are done with an event, this
looks at what they concluded and concludes what follows for the clocks, in the same record. So an
answer is always there before its clock is looked at: due and answered in the same record, the
answer wins (R26), and a clock never falls due in a turn that met it. What a reply came too late
for stands in `SlaMet.late_ms`: the answer wins over the alarm, not over the truth.

Whether a clock stands still is read from the item's state after the event, whichever decisions led
there.
"""

from collections.abc import Mapping

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import QueueingReason, SlaTarget
from libs.common.contracts.terms import WorkItemState as S
from libs.common.contracts.wire import Event
from services.router.core.clock_decisions import (
    end_clocks,
    meet_clock,
    pause_clocks,
    set_clocks,
    tell_at_risk,
    tell_breach,
)
from services.router.core.entities import WorkItem
from services.router.core.escalation_chains import begin_levels, set_levels, stop_levels
from services.router.core.promises import DeskPromises, SlaInstance
from services.router.core.sla import (
    counting_by,
    counting_of,
    labels_looked_at,
    next_clock,
    paused,
    rest_of,
    resumed,
    started,
    terms_for,
    terms_of,
)
from services.router.core.turn import Turn

_OF_OPENING = (SlaTarget.FIRST_RESPONSE, SlaTarget.RESOLUTION)
_BEGINS = (QueueingReason.ARRIVED, QueueingReason.SPLIT)
_OF_REPLIES = (SlaTarget.FIRST_RESPONSE, SlaTarget.NEXT_RESPONSE)


def keep_promises(turn: Turn, event: Event | None) -> None:
    """Conclude what the turn's decisions, as far as not looked at yet, mean for promises."""
    while turn.followed < len(turn.decisions):
        decision = turn.decisions[turn.followed]
        turn.followed += 1
        match decision:
            case d.WorkItemQueued() | d.WorkItemRelaxed():
                _queue(turn, decision, event)
            case d.WorkItemParked() | d.WorkItemSnoozed() | d.WorkItemHeld() | d.WorkItemResumed():
                _pause_or_resume(turn, decision.conversation_id)
            case d.MessageFiled():
                _await_response(turn, decision.conversation_id)
            case d.ReplyFiled() if decision.agent_id:
                _meet(turn, decision.conversation_id, _OF_REPLIES)
            case d.ConversationClosed() | d.ConversationsMerged():
                _end(turn, decision)
            case (
                d.WorkItemAssigned()
                | d.SlaClocksSet()
                | d.SlaClocksPaused()
                | d.SlaAtRisk()
                | d.SlaBreached()
                | d.SlaMet()
                | d.EscalationFired()
            ):
                set_levels(turn, decision.conversation_id)
            case _:
                pass  # It means nothing for promises.


def _queue(turn: Turn, queued: d.WorkItemQueued | d.WorkItemRelaxed, event: Event | None) -> None:
    """The item stands in a line, for the first time or again: perhaps in another queue's."""
    if isinstance(queued, d.WorkItemQueued) and queued.reason in _BEGINS:
        _start(turn, queued, _labels_of(event))
    else:
        _move(turn, queued)
        _pause_or_resume(turn, queued.conversation_id)
    begin_levels(turn, queued)


def fire_clock(turn: Turn, conversation_id: str) -> None:
    """A conversation's first clock is due, unless what this turn concluded before moved it."""
    keep_promises(turn, None)
    instance = turn.state.get(SlaInstance, conversation_id)
    first = next_clock(instance) if instance is not None else None
    if instance is None or first is None or first[0] > turn.now_ms:
        return
    clock = first[1]
    if clock.at_risk_ms is not None:
        tell_at_risk(turn, instance, clock, at_risk_ms=clock.at_risk_ms)
    else:
        tell_breach(turn, instance, clock)


def _labels_of(event: Event | None) -> Mapping[str, str]:
    data = event.data if event is not None else None
    return data.labels if isinstance(data, e.MessageReceived) else {}


def _start(turn: Turn, queued: d.WorkItemQueued, labels: Mapping[str, str]) -> None:
    """The first policy that holds for the conversation sets the clocks of its opening going."""
    promises = turn.state.get(DeskPromises, queued.tenant_id, queued.desk_id)
    if promises is None:
        return
    terms_id = _terms_for(promises, queued, queued.queue_id, labels)
    if terms_id is None:
        return
    terms = promises.terms[terms_id]
    counting = counting_of(turn.state, promises, terms)
    clocks = (started(terms, target, counting, turn.now_ms) for target in _OF_OPENING)
    turn.emit(
        d.SlaStarted(
            tenant_id=queued.tenant_id,
            desk_id=queued.desk_id,
            work_item_id=queued.work_item_id,
            conversation_id=queued.conversation_id,
            queue_id=queued.queue_id,
            policy_id=terms.policy.sla_policy_id,
            terms_id=terms_id,
            labels=labels_looked_at(promises, labels),
            clocks=tuple(clock for clock in clocks if clock is not None),
        )
    )


def _terms_for(
    promises: DeskPromises,
    asked: d.WorkItemQueued | WorkItem,
    queue_id: str,
    labels: Mapping[str, str],
) -> str | None:
    return terms_for(
        promises,
        queue_id=queue_id,
        channel=asked.channel,
        strict_class=asked.strict_class,
        labels=labels,
    )


def _move(turn: Turn, decision: d.WorkItemQueued | d.WorkItemRelaxed) -> None:
    """The conversation waits in another queue. Where a policy of that queue names another
    calendar, what has passed is kept and what is left counts on that one (R25).
    """
    instance = turn.state.get(SlaInstance, decision.conversation_id)
    if instance is None or instance.queue_id == decision.queue_id:
        return
    promises = turn.state.need(DeskPromises, instance.tenant_id, instance.desk_id)
    item = turn.state.need(WorkItem, instance.work_item_id)
    found = _terms_for(promises, item, decision.queue_id, instance.labels)
    calendar = promises.terms[found].calendar if found is not None else None
    terms_id = instance.calendar_terms_id
    clocks: tuple[d.RunningClock, ...] = ()
    if found is not None and calendar not in (None, promises.terms[terms_id].calendar):
        rests = _rests(turn, instance)
        counting = counting_of(turn.state, promises, promises.terms[found])
        terms_id = found
        clocks = tuple(resumed(rest, counting, turn.now_ms) for rest in rests)
    set_clocks(turn, instance, clocks, cause="moved", queue_id=decision.queue_id, terms_id=terms_id)


def _rests(turn: Turn, instance: SlaInstance) -> tuple[d.PausedClock, ...]:
    """What is left of the clocks that run."""
    counting = counting_by(turn.state, instance)
    rests = (paused(clock, counting, turn.now_ms) for clock in instance.clocks)
    return tuple(rest for rest in rests if rest is not None)


def _pause_or_resume(turn: Turn, conversation_id: str) -> None:
    """Clocks stand still while the item is parked, if its policy says so."""
    instance = turn.state.get(SlaInstance, conversation_id)
    if instance is None:
        return
    item = turn.state.need(WorkItem, instance.work_item_id)
    if item.state is S.PARKED and terms_of(turn.state, instance).policy.pauses_while_parked:
        pause_clocks(turn, instance, _rests(turn, instance))
    else:
        _resume(turn, instance)


def _resume(turn: Turn, instance: SlaInstance) -> None:
    counting = counting_by(turn.state, instance)
    rests = (rest_of(clock) for clock in instance.clocks)
    clocks = tuple(resumed(rest, counting, turn.now_ms) for rest in rests if rest is not None)
    if clocks:
        set_clocks(turn, instance, clocks, cause="resumed")


def _await_response(turn: Turn, conversation_id: str) -> None:
    """The customer wrote: after the first reply each message that is not answered yet awaits one,
    and of several the first counts.
    """
    instance = turn.state.get(SlaInstance, conversation_id)
    if instance is None or instance.clock(SlaTarget.NEXT_RESPONSE) is not None:
        return
    if not turn.state.need(WorkItem, instance.work_item_id).replied_ms:
        return
    counting = counting_by(turn.state, instance)
    terms = terms_of(turn.state, instance)
    clock = started(terms, SlaTarget.NEXT_RESPONSE, counting, turn.now_ms)
    if clock is not None:
        set_clocks(turn, instance, (clock,), cause="message")


def _meet(turn: Turn, conversation_id: str, targets: tuple[SlaTarget, ...]) -> None:
    instance = turn.state.get(SlaInstance, conversation_id)
    if instance is None:
        return
    for clock in tuple(instance.clocks):
        if clock.target in targets:
            meet_clock(turn, instance, clock)


def _merge(turn: Turn, merged: d.ConversationsMerged) -> None:
    """The merged conversation's clocks and levels end; what it was owed the survivor answers."""
    stop_levels(turn, merged.merged_conversation_id)
    instance = turn.state.get(SlaInstance, merged.merged_conversation_id)
    if instance is not None:
        is_owed = any(clock.target in _OF_REPLIES for clock in instance.clocks)
        end_clocks(turn, instance)
        if is_owed:
            _await_response(turn, merged.conversation_id)
    set_levels(turn, merged.conversation_id)


def _end(turn: Turn, closed: d.ConversationClosed | d.ConversationsMerged) -> None:
    """An owner who closes has kept the last promise; what is open beside it nobody owes now."""
    if isinstance(closed, d.ConversationsMerged):
        _merge(turn, closed)
        return
    stop_levels(turn, closed.conversation_id)
    if closed.agent_id and not closed.outcome:
        _meet(turn, closed.conversation_id, (SlaTarget.RESOLUTION,))
    instance = turn.state.get(SlaInstance, closed.conversation_id)
    if instance is not None:
        end_clocks(turn, instance)
