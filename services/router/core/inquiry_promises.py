"""What is promised to a conversation and what escalates: which clocks run, which stand still and
why, what fires next and when.
"""

from dataclasses import dataclass
from typing import Literal

from libs.common.contracts.decisions import PendingLevel
from libs.common.contracts.terms import SlaTarget
from services.router.core.escalations import next_level
from services.router.core.promises import DeskPromises, Escalation, SlaClock, SlaInstance
from services.router.core.sla import next_clock
from services.router.core.state import PartitionState

PARKED = "the conversation waits for its customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockNow:
    """One target's clock. `running` to `due_ms`; `paused` with `remaining_ms` of its calendar's
    open time, and `why`; `breached` since `due_ms` and still owed.
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
class NextFiring:
    """What fires first if nothing changes: `at_risk`, `breached` or `level`, and when."""

    what: Literal["at_risk", "breached", "level"]
    at_ms: int
    target: SlaTarget | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The whole answer for one conversation; no policy: nothing is promised, nothing escalates.

    `calendar_id` is whose open time its clocks count, none: all time. `fired` counts the levels
    that fired, `acknowledged_ms` is when a supervisor last saw to it.
    """

    conversation_id: str
    policy_id: str | None
    calendar_id: str | None
    clocks: tuple[ClockNow, ...]
    escalation_policy_id: str | None
    pending: tuple[PendingLevel, ...]
    fired: int
    acknowledged_ms: int | None
    next_firing: NextFiring | None


def promised(state: PartitionState, conversation_id: str) -> Promised:
    """What is promised to this conversation in this state."""
    instance = state.get(SlaInstance, conversation_id)
    escalation = state.get(Escalation, conversation_id)
    policy_id, calendar_id = _policy(state, instance)
    return Promised(
        conversation_id=conversation_id,
        policy_id=policy_id,
        calendar_id=calendar_id,
        clocks=tuple(map(_clock, instance.clocks)) if instance is not None else (),
        escalation_policy_id=_escalation_policy(state, escalation),
        pending=tuple(escalation.pending) if escalation is not None else (),
        fired=escalation.fired if escalation is not None else 0,
        acknowledged_ms=_acknowledged_ms(escalation),
        next_firing=_next(instance, escalation),
    )


def _policy(state: PartitionState, instance: SlaInstance | None) -> tuple[str | None, str | None]:
    if instance is None:
        return None, None
    promises = state.need(DeskPromises, instance.tenant_id, instance.desk_id)
    calendar = promises.terms[instance.calendar_terms_id].calendar
    calendar_id = calendar.calendar_id if calendar is not None else None
    return promises.terms[instance.terms_id].policy.sla_policy_id, calendar_id


def _escalation_policy(state: PartitionState, escalation: Escalation | None) -> str | None:
    if escalation is None or not escalation.terms_id:
        return None
    promises = state.need(DeskPromises, escalation.tenant_id, escalation.desk_id)
    return promises.escalations[escalation.terms_id].escalation_policy_id


def _acknowledged_ms(escalation: Escalation | None) -> int | None:
    if escalation is None or escalation.acknowledged_ms < 0:
        return None
    return escalation.acknowledged_ms


def _clock(clock: SlaClock) -> ClockNow:
    is_paused = clock.remaining_ms is not None
    state: Literal["running", "paused", "breached"] = "paused" if is_paused else "running"
    return ClockNow(
        target=clock.target,
        state="breached" if clock.breached_since_ms is not None else state,
        why=PARKED if is_paused else "",
        started_ms=clock.started_ms,
        at_risk_ms=clock.at_risk_ms,
        is_at_risk=clock.at_risk_since_ms is not None,
        due_ms=clock.due_ms,
        remaining_ms=clock.remaining_ms,
    )


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
