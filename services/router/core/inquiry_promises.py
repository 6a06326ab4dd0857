"""What is promised to a conversation and what escalates: which clocks run, which stand still and
why, what fires next and when.
"""

from dataclasses import dataclass
from typing import Literal

from libs.common.calendars import BusinessClock
from libs.common.contracts.decisions import PendingLevel
from libs.common.contracts.terms import SlaTarget
from services.router.core.escalations import next_level
from services.router.core.inquiry_timers import NextFiring, is_snoozed, timers_of
from services.router.core.promises import DeskPromises, Escalation, SlaClock, SlaInstance
from services.router.core.sla import AllTime, counting_by, next_clock, terms_of
from services.router.core.state import PartitionState

PARKED = "the conversation waits for its customer"
SNOOZED = "the conversation is put aside until a time"
CLOSED = "the calendar is closed, so no open time passes"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockNow:
    """One target's clock. `running` to `due_ms`; `paused` until its customer writes; `breached`
    since `due_ms` and still owed. `remaining_ms` is what is left of its calendar's open time, `why`
    says what keeps that from passing.
    """

    target: SlaTarget
    state: Literal["running", "paused", "breached"]
    why: str
    started_ms: int
    at_risk_ms: int | None
    is_at_risk: bool
    due_ms: int | None
    remaining_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The whole answer for one conversation; no policy: nothing is promised, nothing escalates.

    `calendar_id` is whose open time its clocks count, in `zone`, none: all time. Where that is
    closed now, `opens_ms` is when time passes again. `fired` counts the levels that fired,
    `acknowledged_ms` is when a supervisor last saw to it. `timers` are what else falls due for it,
    earliest first; `next_firing` is the first of everything.
    """

    conversation_id: str
    policy_id: str | None
    calendar_id: str | None
    zone: str | None
    opens_ms: int | None
    clocks: tuple[ClockNow, ...]
    escalation_policy_id: str | None
    pending: tuple[PendingLevel, ...]
    fired: int
    acknowledged_ms: int | None
    next_firing: NextFiring | None
    timers: tuple[NextFiring, ...] = ()


def promised(state: PartitionState, conversation_id: str) -> Promised:
    """What is promised to this conversation in this state."""
    instance = state.get(SlaInstance, conversation_id)
    escalation = state.get(Escalation, conversation_id)
    counting = counting_by(state, instance) if instance is not None else AllTime()
    opens_ms = _opening(counting, state.now_ms)
    timers = timers_of(state, conversation_id)
    why_paused = SNOOZED if is_snoozed(state, conversation_id) else PARKED
    calendar = counting.calendar if isinstance(counting, BusinessClock) else None
    return Promised(
        conversation_id=conversation_id,
        policy_id=_policy(state, instance),
        calendar_id=calendar.calendar_id if calendar is not None else None,
        zone=calendar.zone if calendar is not None else None,
        opens_ms=opens_ms,
        clocks=tuple(
            _clock(
                clock,
                counting,
                state.now_ms,
                is_closed=opens_ms is not None,
                why_paused=why_paused,
            )
            for clock in (instance.clocks if instance is not None else ())
        ),
        escalation_policy_id=_escalation_policy(state, escalation),
        pending=tuple(escalation.pending) if escalation is not None else (),
        fired=escalation.fired if escalation is not None else 0,
        acknowledged_ms=_acknowledged_ms(escalation),
        next_firing=_first(_next(instance, escalation), timers),
        timers=timers,
    )


def _opening(counting: BusinessClock | AllTime, now_ms: int) -> int | None:
    """When a calendar that is closed opens; None for one that is open."""
    if isinstance(counting, AllTime) or counting.is_open(now_ms):
        return None
    return counting.next_opening(now_ms)


def _policy(state: PartitionState, instance: SlaInstance | None) -> str | None:
    return terms_of(state, instance).policy.sla_policy_id if instance is not None else None


def _escalation_policy(state: PartitionState, escalation: Escalation | None) -> str | None:
    if escalation is None or not escalation.terms_id:
        return None
    promises = state.need(DeskPromises, escalation.tenant_id, escalation.desk_id)
    return promises.escalations[escalation.terms_id].escalation_policy_id


def _acknowledged_ms(escalation: Escalation | None) -> int | None:
    if escalation is None or escalation.acknowledged_ms < 0:
        return None
    return escalation.acknowledged_ms


def _clock(
    clock: SlaClock,
    counting: BusinessClock | AllTime,
    now_ms: int,
    *,
    is_closed: bool,
    why_paused: str,
) -> ClockNow:
    is_paused = clock.remaining_ms is not None
    is_broken = clock.breached_since_ms is not None
    state: Literal["running", "paused", "breached"] = "paused" if is_paused else "running"
    remaining_ms = clock.remaining_ms
    if clock.due_ms is not None and not is_broken:
        remaining_ms = counting.business_ms_between(now_ms, clock.due_ms)
    waits_for_opening = CLOSED if is_closed and not is_broken else ""
    return ClockNow(
        target=clock.target,
        state="breached" if is_broken else state,
        why=why_paused if is_paused else waits_for_opening,
        started_ms=clock.started_ms,
        at_risk_ms=clock.at_risk_ms,
        is_at_risk=clock.at_risk_since_ms is not None,
        due_ms=clock.due_ms,
        remaining_ms=remaining_ms,
    )


def _first(promise: NextFiring | None, timers: tuple[NextFiring, ...]) -> NextFiring | None:
    """Of both, the earlier; at the same instant the timers of the work fire before promises."""
    if promise is None or (timers and timers[0].at_ms <= promise.at_ms):
        return timers[0] if timers else None
    return promise


def _next(instance: SlaInstance | None, escalation: Escalation | None) -> NextFiring | None:
    """Of both, the earlier; at the same instant a clock fires before a level."""
    first = next_clock(instance) if instance is not None else None
    level = next_level(escalation) if escalation is not None else None
    if first is not None and (level is None or first[0] <= level.due_ms):
        what: Literal["at_risk", "breached"]
        what = "breached" if first[1].at_risk_ms is None else "at_risk"
        return NextFiring(what=what, at_ms=first[0], target=first[1].target)
    if level is not None:
        return NextFiring(what="level", at_ms=level.due_ms, level=level.level)
    return None
