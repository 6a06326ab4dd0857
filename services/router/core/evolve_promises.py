"""How decisions change promises: a desk's policies, and the clocks of its conversations."""

from typing import assert_never

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import DeskConfiguration
from services.router.core.deadlines import DeadlineKind
from services.router.core.promises import DeskPromises, SlaClock, SlaInstance, SlaTerms
from services.router.core.sla import index_instance
from services.router.core.state import PartitionState

SlaChange = d.SlaClocksSet | d.SlaClocksPaused | d.SlaAtRisk | d.SlaBreached | d.SlaMet
SlaDecision = d.SlaStarted | SlaChange | d.SlaEnded


def apply_promises(state: PartitionState, applied: d.ConfigurationApplied) -> None:
    """The policies that are in force now; older ones stay while conversations go by them (R24)."""
    key = (applied.tenant_id, applied.desk_id)
    state.index_of(key).clocks.clear()
    before = state.get(DeskPromises, *key)
    if before is None and not applied.configuration.sla_policies:
        return
    known = before.terms if before is not None else {}
    in_force = _in_force(applied.configuration, applied.version, known)
    used = {
        terms_id
        for instance in state.tables["sla_instance"].values()
        if isinstance(instance, SlaInstance) and (instance.tenant_id, instance.desk_id) == key
        for terms_id in (instance.terms_id, instance.calendar_terms_id)
    }
    terms = {terms_id: known[terms_id] for terms_id in sorted(used)} | in_force
    if not terms:
        state.drop(DeskPromises, *key)
        return
    promises = DeskPromises(tenant_id=key[0], desk_id=key[1], terms=terms, in_force=list(in_force))
    state.add(promises, *key)


def _in_force(
    configuration: DeskConfiguration, version: int, known: dict[str, SlaTerms]
) -> dict[str, SlaTerms]:
    """In the document's order; a policy that stayed as it was keeps its terms."""
    calendars = {calendar.calendar_id: calendar for calendar in configuration.calendars}
    in_force: dict[str, SlaTerms] = {}
    for policy in configuration.sla_policies:
        calendar = calendars[policy.calendar] if policy.calendar is not None else None
        same = (
            (name, terms)
            for name, terms in known.items()
            if (terms.policy, terms.calendar) == (policy, calendar)
        )
        terms_id, terms = next(
            same,
            (
                f"{policy.sla_policy_id}@{version}",
                SlaTerms(version=version, policy=policy, calendar=calendar),
            ),
        )
        in_force[terms_id] = terms
    return in_force


def evolve_promise(state: PartitionState, decision: SlaDecision) -> None:
    """Apply one decision about a conversation's clocks."""
    if isinstance(decision, d.SlaStarted):
        _start(state, decision)
        return
    if isinstance(decision, d.SlaEnded):
        state.drop(SlaInstance, decision.conversation_id)
        state.deadlines.set(DeadlineKind.SLA, (decision.conversation_id,), None)
        return
    instance = state.changing(SlaInstance, decision.conversation_id)
    _change(state, instance, decision)
    index_instance(state, instance)


def _change(state: PartitionState, instance: SlaInstance, decision: SlaChange) -> None:
    match decision:
        case d.SlaClocksSet():
            instance.queue_id = decision.queue_id
            instance.calendar_terms_id = decision.calendar_terms_id
            for running in decision.clocks:
                _run(state, instance, running)
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


def _start(state: PartitionState, started: d.SlaStarted) -> None:
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
        _run(state, instance, clock)
    index_instance(state, instance)


def _run(state: PartitionState, instance: SlaInstance, running: d.RunningClock) -> None:
    clock = instance.clock(running.target)
    if clock is None:
        clock = SlaClock(target=running.target, started_ms=state.now_ms)
        instance.clocks.append(clock)
    clock.due_ms, clock.at_risk_ms = running.due_ms, running.at_risk_ms
    clock.remaining_ms, clock.at_risk_remaining_ms = None, None


def _pause(instance: SlaInstance, rest: d.PausedClock) -> None:
    clock = instance.need(rest.target)
    clock.due_ms, clock.at_risk_ms = None, None
    clock.remaining_ms, clock.at_risk_remaining_ms = rest.remaining_ms, rest.at_risk_remaining_ms
