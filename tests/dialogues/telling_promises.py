"""Decisions about promises as sentences: what is due when, and what became of it."""

from collections.abc import Callable
from typing import Any

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import SlaTarget
from tests.dialogues.stage import START_MS


def moment(now_ms: int) -> str:
    """An instant in seconds from the story's start, in hours where it is far away."""
    after_s = (now_ms - START_MS) / 1_000
    return f"{after_s:g} s" if after_s < 36_000 else f"{after_s / 3_600:.6g} h"


def _target(target: SlaTarget) -> str:
    return target.value.replace("_", " ")


def _runs(clock: d.RunningClock) -> str:
    risk = f"at risk at {moment(clock.at_risk_ms)}, " if clock.at_risk_ms is not None else ""
    return f"{_target(clock.target)} {risk}due at {moment(clock.due_ms)}"


def _started(who: str, one: d.SlaStarted) -> str:
    return "; ".join([f"{who} is promised {one.policy_id}", *map(_runs, one.clocks)])


def _set(who: str, one: d.SlaClocksSet) -> str:
    where = [f"{who}'s clocks go along to {one.queue_id}"] if one.cause == "moved" else []
    words = {"message": f"{who} awaits an answer", "resumed": f"{who}'s clocks run on"}
    return "; ".join([*where, *([words[one.cause]] if not where else []), *map(_runs, one.clocks)])


def _paused(who: str, one: d.SlaClocksPaused) -> str:
    left = (f"{_target(rest.target)} {rest.remaining_ms / 1_000:g} s" for rest in one.clocks)
    return f"{who}'s clocks stand still with what is left: {', '.join(left)}"


def _at_risk(who: str, one: d.SlaAtRisk) -> str:
    turn = f": their turn is expected at {moment(one.expected_ms)}" if one.expected_ms else ""
    due = f", due at {moment(one.due_ms)}" if turn else ""
    return f"{who}'s {_target(one.target)}{due} is at risk{turn}"


def _met(who: str, one: d.SlaMet) -> str:
    late = f", {one.late_ms / 1_000:g} s late" if one.late_ms else ""
    return f"{who}'s {_target(one.target)} is met{late}"


def _ended(who: str, one: d.SlaEnded) -> str:
    canceled = ", ".join(map(_target, one.canceled))
    return f"nothing is promised to {who} any more" + (f" ({canceled} canceled)" * bool(canceled))


def _levels(who: str, one: d.EscalationLevelsSet) -> str:
    if not one.levels:
        return f"{who} goes by {one.policy_id or 'no policy'}: nothing escalates now"
    due = (
        f"level {level.level}{f' again ({level.repeat})' if level.repeat else ''} at"
        f" {moment(level.due_ms)} ({level.trouble.value})"
        for level in one.levels
    )
    return f"{who} escalates by {one.policy_id}: {', '.join(due)}"


def _fired(who: str, one: d.EscalationFired) -> str:
    if not one.policy_id:
        roles = ", ".join(one.notify_roles)
        return f"told to {roles}: {who} has waited {one.waited_ms / 1_000:g} s"
    again = f", again at {moment(one.again_ms)}" if one.again_ms is not None else ""
    return f"level {one.level} of {one.policy_id} for {who} ({one.trouble.value}){again}"


def _stopped(who: str, one: d.EscalationStopped) -> str:
    by = f" by {one.by_agent_id}" if one.by_agent_id else ""
    return f"nothing more escalates for {who} ({one.cause}{by})"


def _to(one: d.EscalationAlerted | d.EscalationAlertHeld) -> str:
    over = f" over {', '.join(one.ways)}"
    name = getattr(one, "contact_id", "") or one.target
    who = f"{name} (of {one.target})" if one.target not in ("", name) else name
    return (", ".join(one.notify_roles) or who) + over


def _alerted(_: str, one: d.EscalationAlerted) -> str:
    since = f" since {moment(one.since_ms)}" if one.since_ms is not None else ""
    urgent = "urgently " if one.is_urgent else ""
    level = f"level {one.level} of {one.policy_id}"
    return f"{urgent}told to {_to(one)}: {level}, {one.count} in trouble{since}"


def _held(_: str, one: d.EscalationAlertHeld) -> str:
    what = f"{one.count} more" if one.count else "the same"
    level = f"level {one.level} of {one.policy_id}"
    return f"{what} of {level} held for {_to(one)} until {moment(one.due_ms)}"


def _forgotten(_: str, one: d.EscalationAlertForgotten) -> str:
    whom = f" for {one.target}" if one.target else ""
    return f"what was held of level {one.level} of {one.policy_id}{whom} is over: nobody is told"


PROMISES: dict[type[d.Decision], Callable[[str, Any], str]] = {
    d.SlaStarted: _started,
    d.SlaClocksSet: _set,
    d.SlaClocksPaused: _paused,
    d.SlaAtRisk: _at_risk,
    d.SlaBreached: lambda who, one: (
        f"{who}'s {_target(one.target)}, due at {moment(one.due_ms)}, is broken"
    ),
    d.SlaMet: _met,
    d.SlaEnded: _ended,
    d.EscalationFired: _fired,
    d.EscalationLevelsSet: _levels,
    d.EscalationStopped: _stopped,
    d.EscalationAlerted: _alerted,
    d.EscalationAlertHeld: _held,
    d.EscalationAlertForgotten: _forgotten,
}
