"""The bank's desk as configurations of ours: one for each way of routing that is compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.call_center.calls import CustomerClass
from benchmarks.call_center.engine_router import CLASS_LABEL, TYPE_LABEL
from libs.common.contracts.configuration import DeskConfiguration

QUEUE = "calls"
# The bank's own rule: a preferred customer starts with a minute and a half already waited.
BANK_CREDIT_S = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingPolicy:
    """One way of routing: whether call types need their skill, and the preferred's head start."""

    name: str
    has_skills: bool = False
    credit_s: int = 0


ANYBODY = RoutingPolicy(name="longest idle, anybody takes anything")
SKILLED = RoutingPolicy(name="longest idle among the skilled", has_skills=True)
HEAD_START = RoutingPolicy(name="head start of 90 s, anybody", credit_s=BANK_CREDIT_S)
THE_BANKS = RoutingPolicy(
    name="the bank's own: skills and head start of 90 s", has_skills=True, credit_s=BANK_CREDIT_S
)
POLICIES = (ANYBODY, SKILLED, HEAD_START, THE_BANKS)


def desk_of(skills: Mapping[str, frozenset[str]], policy: RoutingPolicy) -> DeskConfiguration:
    """The desk of these agents, one call at a time each, routed by this policy."""
    call_types = sorted(frozenset().union(*skills.values()))
    document = {
        "skills": call_types,
        "queues": [{"queue_id": QUEUE, "offer": {"mode": "direct"}}],
        "agents": [
            {
                "agent_id": agent_id,
                "skills": dict.fromkeys(sorted(known), 3),
                "queues": {QUEUE: 1},
                "capacity_units": 1,
            }
            for agent_id, known in sorted(skills.items())
        ],
        "rules": [rule for call_type in call_types for rule in _rules(call_type, policy)],
        "default": {"queue": QUEUE},
    }
    return DeskConfiguration.model_validate(document)


def _rules(call_type: str, policy: RoutingPolicy) -> list[dict[str, Any]]:
    route = {"queue": QUEUE, "requires": {call_type: 1} if policy.has_skills else {}}
    by_type = {TYPE_LABEL: [call_type]}
    preferred = {**by_type, CLASS_LABEL: [CustomerClass.PREFERRED]}
    return [
        {
            "rule_id": f"{call_type}-preferred",
            "when": {"labels": preferred},
            "then": {**route, "credit_s": policy.credit_s},
        },
        {"rule_id": call_type, "when": {"labels": by_type}, "then": route},
    ]
