"""What the engine remembers of promises: the policies of a desk, and each conversation's clocks.

Plain mutable records like those of `entities`, changed by `evolve_promises` alone. Terms are a
policy as it stood at a version of the configuration; they stay as long as a clock goes by them
(R24).
"""

from dataclasses import dataclass, field

from libs.common.contracts.configuration import Calendar, EscalationPolicy, SlaPolicy
from libs.common.contracts.decisions import PendingLevel
from libs.common.contracts.terms import SlaTarget


@dataclass(slots=True, kw_only=True)
class SlaTerms:
    """A policy with the calendar that it named, as both were at `version`.

    `escalation_id` are the terms of the escalation policy that it named, if any.
    """

    version: int
    policy: SlaPolicy
    calendar: Calendar | None = None
    escalation_id: str = ""


@dataclass(slots=True, kw_only=True)
class DeskPromises:
    """A desk's policies by terms id; `in_force` are the present ones, in their order.

    `escalations` are escalation policies by terms id; `escalation_of` gives the terms id of the
    present ones by policy.

    There is none for a desk that promises nothing and has no conversation left to which it did.
    """

    tenant_id: str
    desk_id: str
    terms: dict[str, SlaTerms] = field(default_factory=dict)
    in_force: list[str] = field(default_factory=list)
    escalations: dict[str, EscalationPolicy] = field(default_factory=dict)
    escalation_of: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class SlaClock:
    """One target of one conversation, from its start until it is met or canceled.

    It runs to `due_ms`, or stands still with `remaining_ms` of open time left; the same for being
    at risk, until it is: `at_risk_since_ms`. Once it is broken (`breached_since_ms`) it only waits
    for what was promised.
    """

    target: SlaTarget
    started_ms: int
    due_ms: int | None = None
    at_risk_ms: int | None = None
    remaining_ms: int | None = None
    at_risk_remaining_ms: int | None = None
    at_risk_since_ms: int | None = None
    breached_since_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class SlaInstance:
    """The promises to one open conversation.

    `terms_id` is its policy, `calendar_terms_id` the policy whose calendar its clocks count by,
    `queue_id` the queue that it was seen in last, `labels` what conditions look at.
    """

    tenant_id: str
    desk_id: str
    conversation_id: str
    work_item_id: str
    queue_id: str
    terms_id: str
    calendar_terms_id: str
    labels: dict[str, str] = field(default_factory=dict)
    clocks: list[SlaClock] = field(default_factory=list)

    def clock(self, target: SlaTarget) -> SlaClock | None:
        """The open clock of this target."""
        return next((one for one in self.clocks if one.target is target), None)

    def need(self, target: SlaTarget) -> SlaClock:
        """The open clock of this target; StopIteration is a bug of ours."""
        return next(one for one in self.clocks if one.target is target)


@dataclass(slots=True, kw_only=True)
class Firings:
    """How often one level has fired in the trouble that began at `since_ms`, and when again."""

    level: str
    since_ms: int
    count: int
    again_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class Escalation:
    """What one open conversation goes through while it is in trouble.

    `terms_id` is its escalation policy (empty: none at present), `queue_id` the queue that it was
    seen in last, `pending` the levels that are due some time. `firings` are kept for all policies
    that it ever went by, so that a key fires once whatever queue it comes back to (R26).
    Troubles up to `acknowledged_ms` are some supervisor's business.
    """

    tenant_id: str
    desk_id: str
    work_item_id: str
    conversation_id: str
    queue_id: str
    terms_id: str
    pending: list[PendingLevel] = field(default_factory=list)
    firings: list[Firings] = field(default_factory=list)
    fired: int = 0
    acknowledged_ms: int = -1

    def firings_of(self, level: int) -> Firings | None:
        """What is known of a level of the present policy."""
        name = f"{self.terms_id}/{level}"
        return next((one for one in self.firings if one.level == name), None)
