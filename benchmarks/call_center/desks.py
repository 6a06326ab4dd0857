"""The bank's desk as configurations of ours: one for each way of routing that is compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from benchmarks.call_center.calls import CustomerClass
from benchmarks.call_center.engine_router import CLASS_LABEL, TYPE_LABEL
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import AgentPolicy

QUEUE = "calls"
# The bank's own rule: a preferred customer starts with a minute and a half already waited.
BANK_CREDIT_S = 90
# After so long a caller is for anybody, skilled or not.
RELAXED_AFTER_S = 30
STRICT_CLASS_DEFAULT = 5


class SkillUse(StrEnum):
    """What an agent's skill in the type of a call decides."""

    IGNORED = "ignored"
    PREFERRED = "preferred"
    REQUIRED = "required"
    REQUIRED_AT_FIRST = "required_at_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingPolicy:
    """One way of routing: whom a call is for, who of them is asked, who of the callers first."""

    name: str
    skills: SkillUse = SkillUse.IGNORED
    credit_s: int = 0
    strict_class: int = STRICT_CLASS_DEFAULT
    agents: AgentPolicy = AgentPolicy.LONGEST_IDLE


ANYBODY = RoutingPolicy(name="longest idle, anybody takes anything")
IN_TURN = RoutingPolicy(name="round robin, anybody", agents=AgentPolicy.ROUND_ROBIN)
SKILLED = RoutingPolicy(name="longest idle among the skilled", skills=SkillUse.REQUIRED)
SKILLED_FIRST = RoutingPolicy(
    name="the skilled if one is free, else anybody", skills=SkillUse.PREFERRED
)
RELAXED = RoutingPolicy(
    name=f"the skilled, after {RELAXED_AFTER_S} s anybody", skills=SkillUse.REQUIRED_AT_FIRST
)
HEAD_START = RoutingPolicy(name="head start of 90 s, anybody", credit_s=BANK_CREDIT_S)
STRICTLY_FIRST = RoutingPolicy(
    name="the preferred strictly first, anybody", strict_class=STRICT_CLASS_DEFAULT - 1
)
THE_BANKS = RoutingPolicy(
    name="the bank's own: skills and head start of 90 s",
    skills=SkillUse.REQUIRED,
    credit_s=BANK_CREDIT_S,
)
THE_BANKS_RELAXED = RoutingPolicy(
    name=f"the bank's own, after {RELAXED_AFTER_S} s anybody",
    skills=SkillUse.REQUIRED_AT_FIRST,
    credit_s=BANK_CREDIT_S,
)
POLICIES = (
    ANYBODY,
    IN_TURN,
    SKILLED,
    SKILLED_FIRST,
    RELAXED,
    HEAD_START,
    STRICTLY_FIRST,
    THE_BANKS,
    THE_BANKS_RELAXED,
)


def desk_of(skills: Mapping[str, frozenset[str]], policy: RoutingPolicy) -> DeskConfiguration:
    """The desk of these agents, one call at a time each, routed by this policy."""
    call_types = sorted(frozenset().union(*skills.values()))
    document = {
        "skills": call_types,
        "queues": [_queue(policy)],
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


def _queue(policy: RoutingPolicy) -> dict[str, Any]:
    steps = [{"after_s": RELAXED_AFTER_S, "anyone": True}]
    return {
        "queue_id": QUEUE,
        "offer": {"mode": "direct"},
        "policy": policy.agents,
        "steps": steps if policy.skills is SkillUse.REQUIRED_AT_FIRST else [],
    }


def _rules(call_type: str, policy: RoutingPolicy) -> list[dict[str, Any]]:
    needs: dict[str, Any] = {"queue": QUEUE}
    if policy.skills is SkillUse.PREFERRED:
        needs["prefers"] = {call_type: 1}
    elif policy.skills is not SkillUse.IGNORED:
        needs["requires"] = {call_type: 1}
    by_type = {TYPE_LABEL: [call_type]}
    head_start = {"credit_s": policy.credit_s, "strict_class": policy.strict_class}
    return [
        {
            "rule_id": f"{call_type}-preferred",
            "when": {"labels": {**by_type, CLASS_LABEL: [CustomerClass.PREFERRED]}},
            "then": {**needs, **head_start},
        },
        {"rule_id": call_type, "when": {"labels": by_type}, "then": needs},
    ]
