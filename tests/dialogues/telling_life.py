"""Decisions about what waits for a time as sentences."""

from collections.abc import Callable
from typing import Any

from libs.common.contracts import decisions as d
from tests.dialogues.telling_promises import moment

LIFE: dict[type[d.Decision], Callable[[str, Any], str]] = {
    d.WorkItemSnoozed: lambda who, one: (
        f"{one.agent_id} puts {who} aside until {moment(one.until_ms)}, which costs"
        f" {one.held_weight} units"
    ),
    d.WorkItemWoken: lambda who, one: f"{who}'s time at {moment(one.due_ms)} has come",
    d.InactivityReminded: lambda who, one: (
        f"{who} has said nothing since {moment(one.silent_since_ms)} and is reminded"
        + (f"; the end is due at {moment(one.close_due_ms)}" if one.close_due_ms else "")
    ),
    d.InactivityClosed: lambda who, one: (
        f"{who} has said nothing since {moment(one.silent_since_ms)} and is waited for no more"
    ),
    d.FollowUpScheduled: lambda who, one: (
        f"{who} hears from {one.agent_id} at {moment(one.due_ms)}"
        + (" instead" if one.is_put_off else "")
    ),
    d.FollowUpCanceled: lambda who, _: f"nothing is promised to {who} any more",
    d.FollowUpDue: lambda who, one: f"{one.agent_id} promised {who} to be back at this time",
}
