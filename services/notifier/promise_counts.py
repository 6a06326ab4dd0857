"""What became of promises, as metrics: from counted records, after what they tell was stored.

A record that is read again after a crash between the two is not counted again: metrics may miss a
little, and never count twice.
"""

from collections.abc import Iterable

from libs.common import metrics
from libs.common.bounded_labels import BoundedLabels
from libs.common.contracts import decisions as d
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import SlaTarget

_MS_A_SECOND = 1_000
_OF_A_QUEUE = "queue"
_policies = BoundedLabels(metrics.POLICIES_MAX)


def count_promises(records: Iterable[DecisionRecord]) -> None:
    """Count every outcome, alarm and firing of these records."""
    for record in records:
        for decision in record.decisions:
            _count(decision, record.now_ms)


def _count(decision: d.AnyDecision, now_ms: int) -> None:
    match decision:
        case d.SlaMet():
            # One that was broken before was counted then.
            if not decision.was_breached:
                _outcome(decision, decision.target, "broken" if decision.late_ms else "kept")
        case d.SlaBreached():
            _outcome(decision, decision.target, "broken")
            _late("breach", now_ms - decision.due_ms)
        case d.SlaEnded():
            for target in decision.canceled:
                _outcome(decision, target, "canceled")
        case d.SlaAtRisk() | d.EscalationFired() | d.EscalationStopped():
            _alarm(decision, now_ms)
        case _:
            pass  # It says nothing of a promise.


def _alarm(decision: d.SlaAtRisk | d.EscalationFired | d.EscalationStopped, now_ms: int) -> None:
    match decision:
        case d.SlaAtRisk():
            labels = _named(decision, decision.policy_id)
            metrics.SLA_AT_RISK.labels(*labels, decision.target.value).inc()
            _late("at_risk", now_ms - decision.at_risk_ms)
        case d.EscalationFired():
            labels = _named(decision, decision.policy_id or _OF_A_QUEUE)
            metrics.ESCALATIONS.labels(*labels, decision.level).inc()
            _late("escalation", now_ms - decision.due_ms)
        case d.EscalationStopped():
            labels = _named(decision, decision.policy_id)
            metrics.ESCALATIONS_STOPPED.labels(*labels, decision.cause).inc()


def _outcome(
    decision: d.SlaMet | d.SlaBreached | d.SlaEnded, target: SlaTarget, outcome: str
) -> None:
    labels = _named(decision, decision.policy_id)
    metrics.SLA_OUTCOMES.labels(*labels, target.value, outcome).inc()


def _late(what: str, late_ms: int) -> None:
    metrics.FIRING_LATENESS.labels(what).observe(max(0, late_ms) / _MS_A_SECOND)


def _named(decision: d.AnyDecision, policy_id: str) -> tuple[str, ...]:
    return _policies.of(decision.tenant_id, decision.desk_id, policy_id)
