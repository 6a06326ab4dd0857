"""What was promised to a customer, and what became of it (R25, R26).

Every instant at which something falls due stands in the decision that sets its clock going: whoever
folds the log counts nothing again. Readers count attainment: a promise is kept by an `SlaMet` with
`late_ms` 0, and broken by an `SlaBreached` or by an `SlaMet` that is late and `was_breached` not.
"""

from dataclasses import dataclass, field
from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision
from libs.common.contracts.terms import SlaTarget, Trouble


@dataclass(slots=True, kw_only=True)
class RunningClock:
    """A target's clock runs: at risk and broken at these instants; at risk already: none."""

    target: SlaTarget
    due_ms: int
    at_risk_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class PausedClock:
    """A target's clock stands still: what is left, in milliseconds of its calendar's open time."""

    target: SlaTarget
    remaining_ms: int
    at_risk_remaining_ms: int | None = None


@decision
class SlaStarted(Decision):
    """A policy holds for a conversation that was queued; these clocks run from now on.

    `terms_id` names the policy as it stands now, `labels` are those that a policy looks at.
    """

    type: Literal["sla_started"] = "sla_started"
    work_item_id: str
    conversation_id: str
    queue_id: str
    policy_id: str
    terms_id: str
    labels: dict[str, str] = field(default_factory=dict)
    clocks: tuple[RunningClock, ...]


@decision
class SlaClocksSet(Decision):
    """These clocks run (on) from now: `cause` is message, resumed or moved.

    `calendar_terms_id` names the policy by whose calendar the conversation's clocks count now,
    those too that stand still. A move to a queue with the same calendar sets none.
    """

    type: Literal["sla_clocks_set"] = "sla_clocks_set"
    work_item_id: str
    conversation_id: str
    queue_id: str
    policy_id: str
    calendar_terms_id: str
    cause: Literal["message", "resumed", "moved"]
    clocks: tuple[RunningClock, ...]


@decision
class SlaClocksPaused(Decision):
    """The conversation waits for its customer: its clocks stand still with what is left."""

    type: Literal["sla_clocks_paused"] = "sla_clocks_paused"
    work_item_id: str
    conversation_id: str
    policy_id: str
    clocks: tuple[PausedClock, ...]


@decision
class SlaAtRisk(Decision):
    """A target is at risk, from `at_risk_ms` on: so much of it has passed (`cause` share), or the
    queue's pace says that the item's turn comes after the due time, at `expected_ms` (predicted).
    """

    type: Literal["sla_at_risk"] = "sla_at_risk"
    work_item_id: str
    conversation_id: str
    queue_id: str
    policy_id: str
    target: SlaTarget
    at_risk_ms: int
    due_ms: int
    cause: Literal["share", "predicted"] = "share"
    expected_ms: int | None = None


@decision
class SlaBreached(Decision):
    """A target was not kept; the clock is open until what was promised happens all the same."""

    type: Literal["sla_breached"] = "sla_breached"
    work_item_id: str
    conversation_id: str
    queue_id: str
    policy_id: str
    target: SlaTarget
    due_ms: int


@decision
class SlaMet(Decision):
    """What was promised has happened, `late_ms` after it was due. No `due_ms`: while paused."""

    type: Literal["sla_met"] = "sla_met"
    work_item_id: str
    conversation_id: str
    queue_id: str
    policy_id: str
    target: SlaTarget
    started_ms: int
    due_ms: int | None
    late_ms: int
    was_breached: bool


@decision
class SlaEnded(Decision):
    """The conversation is closed; `canceled` are the targets that nobody owes any more."""

    type: Literal["sla_ended"] = "sla_ended"
    work_item_id: str
    conversation_id: str
    policy_id: str
    canceled: tuple[SlaTarget, ...]


@dataclass(slots=True, kw_only=True)
class PendingLevel:
    """A level of an escalation policy that fires at `due_ms` unless the trouble ends before."""

    level: int
    repeat: int
    trouble: Trouble
    since_ms: int
    due_ms: int


@decision
class EscalationLevelsSet(Decision):
    """The levels that are pending for an item from now on, as a whole; others are not.

    `terms_id` names the escalation policy as it stood when the item came to it, none: empty.
    """

    type: Literal["escalation_levels_set"] = "escalation_levels_set"
    work_item_id: str
    conversation_id: str
    queue_id: str
    policy_id: str
    terms_id: str
    levels: tuple[PendingLevel, ...]


@decision
class EscalationStopped(Decision):
    """Nothing is pending any more: a supervisor knows (`acknowledged`), or it is all over
    (`closed`). Only troubles that begin later escalate.
    """

    type: Literal["escalation_stopped"] = "escalation_stopped"
    work_item_id: str
    conversation_id: str
    policy_id: str
    cause: Literal["acknowledged", "closed"]
    by_agent_id: str | None = None
