"""How decisions change promises: a desk's policies, and the clocks of its conversations."""

from dataclasses import replace
from typing import assert_never

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import DeskConfiguration
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import DeskKey
from services.router.core.escalations import index_escalation
from services.router.core.promises import (
    DeskPromises,
    Escalation,
    Firings,
    SlaClock,
    SlaInstance,
    SlaTerms,
)
from services.router.core.sla import index_instance
from services.router.core.state import PartitionState

SlaChange = d.SlaClocksSet | d.SlaClocksPaused | d.SlaAtRisk | d.SlaBreached | d.SlaMet


def apply_promises(state: PartitionState, applied: d.ConfigurationApplied) -> None:
    """The policies that are in force now; older ones stay while conversations go by them (R24)."""
    key = (applied.tenant_id, applied.desk_id)
    before = state.get(DeskPromises, *key)
    configuration = applied.configuration
    if before is None and not (configuration.sla_policies or configuration.escalation_policies):
        return
    if before is None:
        before = DeskPromises(tenant_id=key[0], desk_id=key[1])
    escalation_of = _escalations_in_force(configuration, applied.version, before)
    policies = {
        escalation_of[policy.escalation_policy_id]: policy
        for policy in configuration.escalation_policies
    }
    in_force = _in_force(configuration, applied.version, before, escalation_of)
    terms = {name: before.terms[name] for name in sorted(_used_terms(state, key))} | in_force
    named = {one.escalation_id for one in terms.values()} | _used_escalations(state, key)
    kept = {name: before.escalations[name] for name in sorted(named - {"", *policies})}
    promises = DeskPromises(
        tenant_id=key[0],
        desk_id=key[1],
        terms=terms,
        in_force=list(in_force),
        escalations=kept | policies,
        escalation_of=escalation_of,
    )
    if promises.terms or promises.escalations:
        state.add(promises, *key)
    else:
        state.drop(DeskPromises, *key)


def _used_terms(state: PartitionState, key: DeskKey) -> set[str]:
    """The terms that open conversations of the desk go by."""
    return {
        terms_id
        for instance in state.tables["sla_instance"].values()
        if isinstance(instance, SlaInstance) and (instance.tenant_id, instance.desk_id) == key
        for terms_id in (instance.terms_id, instance.calendar_terms_id)
    }


def _used_escalations(state: PartitionState, key: DeskKey) -> set[str]:
    """The terms of escalation policies that open conversations of the desk go through."""
    return {
        escalation.terms_id
        for escalation in state.tables["escalation"].values()
        if isinstance(escalation, Escalation) and (escalation.tenant_id, escalation.desk_id) == key
    }


def _escalations_in_force(
    configuration: DeskConfiguration, version: int, before: DeskPromises
) -> dict[str, str]:
    """The terms ids by policy; a policy that stayed as it was keeps its own."""
    found: dict[str, str] = {}
    for policy in configuration.escalation_policies:
        same = (name for name, known in before.escalations.items() if known == policy)
        name = policy.escalation_policy_id
        found[name] = next(same, f"{name}@{version}")
    return found


def _in_force(
    configuration: DeskConfiguration,
    version: int,
    before: DeskPromises,
    escalation_of: dict[str, str],
) -> dict[str, SlaTerms]:
    """In the document's order; a policy that stayed as it was keeps its terms."""
    calendars = {calendar.calendar_id: calendar for calendar in configuration.calendars}
    in_force: dict[str, SlaTerms] = {}
    for policy in configuration.sla_policies:
        terms = SlaTerms(
            version=version,
            policy=policy,
            calendar=calendars[policy.calendar] if policy.calendar is not None else None,
            escalation_id=escalation_of.get(policy.escalation or "", ""),
        )
        same = (
            (name, known)
            for name, known in before.terms.items()
            if replace(known, version=version) == terms
        )
        terms_id, terms = next(same, (f"{policy.sla_policy_id}@{version}", terms))
        in_force[terms_id] = terms
    return in_force


def change_clocks(state: PartitionState, decision: SlaChange) -> None:
    """Clocks of a conversation run, stand still, are at risk, broken or met."""
    instance = state.changing(SlaInstance, decision.conversation_id)
    _change(instance, decision, now_ms=state.now_ms)
    index_instance(state, instance)


def end_clocks(state: PartitionState, ended: d.SlaEnded) -> None:
    """Nothing is promised to the conversation any more."""
    state.drop(SlaInstance, ended.conversation_id)
    state.deadlines.set(DeadlineKind.SLA, (ended.conversation_id,), None)


def fire_level(state: PartitionState, fired: d.EscalationFired) -> None:
    """A level has fired: never again under this key, and some time for its next repeat (R26)."""
    escalation = state.changing(Escalation, fired.conversation_id)
    name = f"{fired.terms_id}/{fired.level}"
    others = [one for one in escalation.firings if one.level != name]
    again = Firings(
        level=name, since_ms=fired.since_ms or 0, count=fired.repeat + 1, again_ms=fired.again_ms
    )
    escalation.firings = [*others, again]
    escalation.fired += 1
    pending = [one for one in escalation.pending if one.level != fired.level]
    if fired.again_ms is not None:
        level = d.PendingLevel(
            level=fired.level,
            repeat=fired.repeat + 1,
            trouble=fired.trouble,
            since_ms=fired.since_ms or 0,
            due_ms=fired.again_ms,
        )
        pending.append(level)
    escalation.pending = sorted(pending, key=lambda one: one.level)
    index_escalation(state, escalation)


def set_levels(state: PartitionState, levels: d.EscalationLevelsSet) -> None:
    """These levels are pending, as a whole."""
    if state.get(Escalation, levels.conversation_id) is None:
        escalation = Escalation(
            tenant_id=levels.tenant_id,
            desk_id=levels.desk_id,
            work_item_id=levels.work_item_id,
            conversation_id=levels.conversation_id,
            queue_id=levels.queue_id,
            terms_id=levels.terms_id,
        )
        state.add(escalation, levels.conversation_id)
    escalation = state.changing(Escalation, levels.conversation_id)
    escalation.queue_id, escalation.terms_id = levels.queue_id, levels.terms_id
    escalation.pending = list(levels.levels)
    index_escalation(state, escalation)


def stop_levels(state: PartitionState, stopped: d.EscalationStopped) -> None:
    """Nothing is pending; of a closed conversation nothing is left."""
    if stopped.cause == "closed":
        state.drop(Escalation, stopped.conversation_id)
        state.deadlines.set(DeadlineKind.ESCALATION, (stopped.conversation_id,), None)
        return
    escalation = state.changing(Escalation, stopped.conversation_id)
    escalation.acknowledged_ms, escalation.pending = state.now_ms, []
    index_escalation(state, escalation)


def _change(instance: SlaInstance, decision: SlaChange, *, now_ms: int) -> None:
    match decision:
        case d.SlaClocksSet():
            instance.queue_id = decision.queue_id
            instance.calendar_terms_id = decision.calendar_terms_id
            for running in decision.clocks:
                _run(instance, running, now_ms=now_ms)
        case d.SlaClocksPaused():
            for rest in decision.clocks:
                _pause(instance, rest)
        case d.SlaAtRisk():
            clock = instance.need(decision.target)
            clock.at_risk_ms, clock.at_risk_since_ms = None, decision.at_risk_ms
        case d.SlaBreached():
            instance.need(decision.target).breached_since_ms = decision.due_ms
        case d.SlaMet():
            instance.clocks.remove(instance.need(decision.target))
        case _:
            assert_never(decision)


def start_clocks(state: PartitionState, started: d.SlaStarted) -> None:
    """A policy holds for a conversation, and its clocks run."""
    instance = SlaInstance(
        tenant_id=started.tenant_id,
        desk_id=started.desk_id,
        conversation_id=started.conversation_id,
        work_item_id=started.work_item_id,
        queue_id=started.queue_id,
        terms_id=started.terms_id,
        calendar_terms_id=started.terms_id,
        labels=started.labels,
    )
    state.add(instance, started.conversation_id)
    for clock in started.clocks:
        _run(instance, clock, now_ms=state.now_ms)
    index_instance(state, instance)


def _run(instance: SlaInstance, running: d.RunningClock, *, now_ms: int) -> None:
    clock = instance.clock(running.target)
    if clock is None:
        clock = SlaClock(target=running.target, started_ms=now_ms)
        instance.clocks.append(clock)
    clock.due_ms, clock.at_risk_ms = running.due_ms, running.at_risk_ms
    clock.remaining_ms, clock.at_risk_remaining_ms = None, None


def _pause(instance: SlaInstance, rest: d.PausedClock) -> None:
    clock = instance.need(rest.target)
    clock.due_ms, clock.at_risk_ms = None, None
    clock.remaining_ms, clock.at_risk_remaining_ms = rest.remaining_ms, rest.at_risk_remaining_ms
