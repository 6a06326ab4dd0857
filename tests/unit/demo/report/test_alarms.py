"""Alarms in one line each."""

from typing import Any

import pytest

from demo.report.alarms import alarm


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (
            "sla.at_risk",
            {"policy_id": "patients", "due_ms": 1_700_000_002_500},
            "a promise to patients is at risk: 2.5 s are left",
        ),
        (
            "sla.breached",
            {"policy_id": "patients"},
            "a promise to patients is broken: nobody answered in time",
        ),
        (
            "escalation.fired",
            {"queue_id": "health", "waited_ms": 5_010},
            "queue health waits too long (5 s): the supervisor is alerted",
        ),
        (
            "escalation.alerted",
            {"level": 2, "policy_id": "patients"},
            "level 2 of patients: the supervisor is alerted",
        ),
        (
            "escalation.stopped",
            {"cause": "acknowledged", "by_agent_id": "sara"},
            "sara sees to it (acknowledged): no further level fires",
        ),
        ("escalation.stopped", {"cause": "closed"}, None),
        ("sla.met", {}, None),
    ],
)
def test_each_alarm_has_its_words(kind: str, body: dict[str, Any], words: str | None) -> None:
    """What went well, or ended by itself, is none."""
    assert alarm({"type": kind, "time": "2023-11-14T22:13:20Z", "body": body}) == words
