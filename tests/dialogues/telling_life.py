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
}
