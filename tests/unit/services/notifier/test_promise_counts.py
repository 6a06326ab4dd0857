"""What became of promises, as metrics."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import SlaTarget
from services.notifier.promise_counts import count_promises
from tests.unit.services.notifier.builders import DESK, NOW_MS, TENANT, escalation_fired, record

HERE = {"tenant": TENANT, "desk": DESK}
NAMED: dict[str, Any] = {
    "tenant_id": TENANT,
    "desk_id": DESK,
    "work_item_id": "item",
    "conversation_id": "cnv",
}
OF_TARGET: dict[str, Any] = {"queue_id": "general", "target": SlaTarget.FIRST_RESPONSE}


def _value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def _outcomes(policy: str) -> dict[str, float]:
    labels = {**HERE, "policy": policy, "target": "first_response"}
    told = {
        outcome: _value("switchboard_sla_outcomes_total", **labels, outcome=outcome)
        for outcome in ("kept", "broken", "canceled")
    }
    return {outcome: value for outcome, value in told.items() if value}


def _met(policy: str, *, late_ms: int, was_breached: bool) -> d.SlaMet:
    return d.SlaMet(
        **NAMED,
        **OF_TARGET,
        policy_id=policy,
        started_ms=NOW_MS - 1_000,
        due_ms=NOW_MS,
        late_ms=late_ms,
        was_breached=was_breached,
    )


@pytest.mark.parametrize(
    ("policy", "late_ms", "was_breached", "counted"),
    [
        ("in-time", 0, False, {"kept": 1}),
        ("late-unnoticed", 10, False, {"broken": 1}),
        ("late-and-told-before", 10, True, {}),
    ],
)
def test_a_target_is_counted_once_whether_its_breach_was_told_or_not(
    policy: str, late_ms: int, *, was_breached: bool, counted: dict[str, float]
) -> None:
    """Kept, broken, or broken and counted when it was."""
    count_promises([record(_met(policy, late_ms=late_ms, was_breached=was_breached))])

    assert _outcomes(policy) == counted


def test_a_breach_and_an_end_are_counted_with_how_late_they_were_noticed() -> None:
    """In engine time."""
    breach = d.SlaBreached(**NAMED, **OF_TARGET, policy_id="iron", due_ms=NOW_MS - 300)
    ended = d.SlaEnded(**NAMED, policy_id="iron", canceled=(SlaTarget.FIRST_RESPONSE,))
    late = "switchboard_firing_lateness_seconds_bucket"
    before = _value(late, what="breach", le="0.25"), _value(late, what="breach", le="0.5")

    count_promises([record(breach, ended)])

    assert _outcomes("iron") == {"broken": 1, "canceled": 1}
    after = _value(late, what="breach", le="0.25"), _value(late, what="breach", le="0.5")
    assert (after[0] - before[0], after[1] - before[1]) == (0, 1)


def test_what_is_at_risk_escalates_or_is_seen_to_is_counted() -> None:
    """By policy and level; a queue's own short form is the policy `queue`."""
    at_risk = d.SlaAtRisk(
        **NAMED, **OF_TARGET, policy_id="tin", at_risk_ms=NOW_MS, due_ms=NOW_MS + 1_000
    )
    fired = escalation_fired(policy_id="chain", level=3, due_ms=NOW_MS)
    short = escalation_fired(level=1, due_ms=NOW_MS)
    stopped = d.EscalationStopped(**NAMED, policy_id="chain", cause="acknowledged")

    count_promises([record(at_risk, fired), record(short, stopped)])

    levels = "switchboard_escalations_total"
    target = {"target": "first_response"}
    assert _value("switchboard_sla_at_risk_total", **HERE, policy="tin", **target) == 1
    assert _value(levels, **HERE, policy="chain", level="3") == 1
    assert _value(levels, **HERE, policy="queue", level="1") >= 1
    acknowledged = {**HERE, "policy": "chain", "cause": "acknowledged"}
    assert _value("switchboard_escalations_stopped_total", **acknowledged) == 1
