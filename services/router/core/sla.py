"""Clocks of promises: which policy holds, what falls due when, and what is left of a target.

Pure calculation on the entities. Open time is counted by the business clock of a calendar; without
one all time is open. A compiled clock is derived and kept with the desk's index, never saved, and
asked only when a decision is made: whoever folds reads the instants from the decisions.
"""

from collections.abc import Iterator, Mapping

from libs.common.calendars import END_MS, BusinessClock, compile_calendar
from libs.common.contracts.configuration import SlaConditions
from libs.common.contracts.decisions import PausedClock, RunningClock
from libs.common.contracts.terms import SlaTarget
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import Conversation, WorkItem
from services.router.core.promises import DeskPromises, SlaClock, SlaInstance, SlaTerms
from services.router.core.state import PartitionState

# What would be due behind the years that calendars count is due at their end.
LAST_MS = END_MS - 1


class AllTime:
    """The clock of those who name no calendar: it is always open."""

    def due(self, at_ms: int, business_ms: int) -> int:
        """The instant so long after the first one."""
        return at_ms + business_ms

    def business_ms_between(self, begin_ms: int, end_ms: int) -> int:
        """All the time from one instant to the other; 0 for none or less."""
        return max(0, end_ms - begin_ms)


_ALL_TIME = AllTime()


def terms_of(state: PartitionState, instance: SlaInstance) -> SlaTerms:
    """The conversation's policy, as it was when it began to hold."""
    promises = state.need(DeskPromises, instance.tenant_id, instance.desk_id)
    return promises.terms[instance.terms_id]


def counting_by(state: PartitionState, instance: SlaInstance) -> BusinessClock | AllTime:
    """The business clock that the conversation's clocks count by now."""
    promises = state.need(DeskPromises, instance.tenant_id, instance.desk_id)
    return counting_of(state, promises, promises.terms[instance.calendar_terms_id])


def counting_of(
    state: PartitionState, promises: DeskPromises, terms: SlaTerms
) -> BusinessClock | AllTime:
    """The business clock of a policy's calendar, compiled once for each version of it."""
    if terms.calendar is None:
        return _ALL_TIME
    clocks = state.index_of((promises.tenant_id, promises.desk_id)).clocks
    name = f"{terms.calendar.calendar_id}@{terms.version}"
    if name not in clocks:
        clocks[name] = compile_calendar(terms.calendar)
    return clocks[name]


def terms_for(
    promises: DeskPromises,
    *,
    queue_id: str,
    channel: str,
    strict_class: int,
    labels: Mapping[str, str],
) -> str | None:
    """The first policy in force that holds for such a conversation, by its terms id."""
    for terms_id in promises.in_force:
        when = promises.terms[terms_id].policy.when
        is_meant = (
            _allows(when.queue, queue_id)
            and _allows(when.channel, channel)
            and (not when.strict_class or strict_class in when.strict_class)
        )
        if is_meant and all(labels.get(name) in values for name, values in _wanted(when)):
            return terms_id
    return None


def labels_looked_at(promises: DeskPromises, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that a condition of a policy in force names: all that a transfer may ask for."""
    names = {
        name
        for terms_id in promises.in_force
        for name, _ in _wanted(promises.terms[terms_id].policy.when)
    }
    return {name: value for name, value in sorted(labels.items()) if name in names}


def _wanted(when: SlaConditions) -> Iterator[tuple[str, tuple[str, ...]]]:
    if when.segment:
        yield "segment", when.segment
    yield from when.labels.items()


def _allows(values: tuple[str, ...], value: str) -> bool:
    return not values or value in values


def started(
    terms: SlaTerms, target: SlaTarget, counting: BusinessClock | AllTime, now_ms: int
) -> RunningClock | None:
    """The clock of a target that starts now; None where the policy does not promise it."""
    target_s: int | None = getattr(terms.policy, f"{target.value}_s")
    if target_s is None:
        return None
    target_ms = 1_000 * target_s
    at_risk_ms = round(target_ms * terms.policy.at_risk_share)
    return _running(counting, target, now_ms, target_ms, at_risk_ms)


def paused(clock: SlaClock, counting: BusinessClock | AllTime, now_ms: int) -> PausedClock | None:
    """What is left of a clock that runs; None for one that stands still or is broken."""
    if clock.due_ms is None or clock.breached_since_ms is not None:
        return None
    risk = clock.at_risk_ms
    return PausedClock(
        target=clock.target,
        remaining_ms=counting.business_ms_between(now_ms, clock.due_ms),
        at_risk_remaining_ms=counting.business_ms_between(now_ms, risk)
        if risk is not None
        else None,
    )


def resumed(rest: PausedClock, counting: BusinessClock | AllTime, now_ms: int) -> RunningClock:
    """The clock that runs on from now with what is left."""
    return _running(counting, rest.target, now_ms, rest.remaining_ms, rest.at_risk_remaining_ms)


def rest_of(clock: SlaClock) -> PausedClock | None:
    """What is left of a clock that stands still; None for one that does not."""
    if clock.remaining_ms is None:
        return None
    return PausedClock(
        target=clock.target,
        remaining_ms=clock.remaining_ms,
        at_risk_remaining_ms=clock.at_risk_remaining_ms,
    )


def _running(
    counting: BusinessClock | AllTime,
    target: SlaTarget,
    now_ms: int,
    remaining_ms: int,
    at_risk_remaining_ms: int | None,
) -> RunningClock:
    risk = at_risk_remaining_ms
    return RunningClock(
        target=target,
        due_ms=_due_ms(counting, now_ms, remaining_ms),
        at_risk_ms=_due_ms(counting, now_ms, risk) if risk is not None else None,
    )


def _due_ms(counting: BusinessClock | AllTime, now_ms: int, business_ms: int) -> int:
    due_ms = counting.due(now_ms, business_ms)
    return LAST_MS if due_ms is None else min(due_ms, LAST_MS)


def next_instant(clock: SlaClock) -> int | None:
    """When something is due for a clock: it gets at risk, then it is broken."""
    if clock.due_ms is None or clock.breached_since_ms is not None:
        return None
    return clock.due_ms if clock.at_risk_ms is None else min(clock.at_risk_ms, clock.due_ms)


def next_clock(instance: SlaInstance) -> tuple[int, SlaClock] | None:
    """The first clock for which something is due, and when; of several, the one that began first
    in the order of targets.
    """
    first: tuple[int, SlaClock] | None = None
    for clock in instance.clocks:
        due_ms = next_instant(clock)
        if due_ms is not None and (first is None or due_ms < first[0]):
            first = (due_ms, clock)
    return first


def index_instance(state: PartitionState, instance: SlaInstance) -> None:
    """A conversation's clocks have changed: what falls due for it."""
    first = next_clock(instance)
    due_ms = first[0] if first is not None else None
    state.deadlines.set(DeadlineKind.SLA, (instance.conversation_id,), due_ms)


def broken_by(state: PartitionState, instance: SlaInstance) -> str:
    """What contradicts itself: a clock that runs has a deadline, finished work has no clock.

    Empty where nothing does.
    """
    item = state.get(WorkItem, instance.work_item_id)
    if item is None or item.state is S.WRAPPING_UP:
        return "finished work has clocks"
    if state.get(Conversation, instance.conversation_id) is None:
        return "no conversation"
    first = next_clock(instance)
    due_ms = state.deadlines.due_ms(DeadlineKind.SLA, (instance.conversation_id,))
    if due_ms != (first[0] if first is not None else None):
        return "deadline"
    if any((one.due_ms is None) == (one.remaining_ms is None) for one in instance.clocks):
        return "a clock neither runs nor stands still"
    return ""
