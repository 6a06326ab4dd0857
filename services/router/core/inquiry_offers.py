"""Why this agent: what a decision recorded (R28), in words, and how two agents compared."""

from dataclasses import dataclass

from libs.common.contracts.decisions import Why
from libs.common.contracts.terms import AgentPolicy, HoldKind
from services.router.core.entities import WorkItem
from services.router.core.explaining import POLICY
from services.router.core.inquiry_obstacles import time_of
from services.router.core.populations import Seat
from services.router.core.profiles import Profile

POLICIES = {
    AgentPolicy.LONGEST_IDLE: "who has been without new work for longest goes first",
    AgentPolicy.LEAST_OCCUPIED: "who has the smallest part of their units in use goes first",
    AgentPolicy.MOST_PROFICIENT: "who has the highest levels in what is asked for goes first",
    AgentPolicy.ROUND_ROBIN: "the agents take turns in the order of their names",
}
CHOSEN_FOR = {
    POLICY: "came first by the queue's policy",
    "agent": "became free and took the best of what waited",
    HoldKind.LAST_AGENT: "served this customer last",
    HoldKind.TRANSFER: "was named by the transfer",
    HoldKind.CAPACITY: "was kept for it, since it needs more room than others",
}
PASSED_OVER = {
    "without_skill": "without the skill at the level asked",
    "absent": "not at work",
    "busy": "with no room left for it",
    "refused": "had just declined it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyThis:
    """Why this agent was asked: the recorded reasons, and the same in words."""

    agent_id: str
    why: Why
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Why one who could have had the item came after the one who was chosen.

    Scores as `Why.score`; those of the other agent are recorded ones when the decision named them
    among the runners-up (`is_recorded`), else those of the state that is looked at, where known.
    """

    chosen_agent_id: str
    policy: str
    chosen_for: str
    chosen_score: int
    chosen_idle_since_ms: int
    score: int | None
    idle_since_ms: int | None
    is_recorded: bool
    says: str


def why_this(agent_id: str, why: Why) -> WhyThis:
    """What a reservation recorded, for people."""
    says = [f"{agent_id} {CHOSEN_FOR.get(why.chosen_for, why.chosen_for)}."]
    if why.chosen_for == POLICY:
        says.append(f"Policy {why.policy}: {POLICIES[AgentPolicy(why.policy)]}.")
    says.append(_measure(why))
    others = [
        f"{other.agent_id} ({_value(why.policy, other.score, other.idle_since_ms)})"
        for other in why.runners_up
    ]
    says.append(f"Next in line: {', '.join(others)}." if others else "Nobody else was next.")
    over = [f"{n} {PASSED_OVER.get(reason, reason)}" for reason, n in why.passed_over.items()]
    says.append(f"Passed over: {'; '.join(over)}." if over else "Nobody was passed over.")
    version = why.configuration_version
    says.append(f"Decided at step {why.step} under version {version} of the configuration.")
    return WhyThis(agent_id=agent_id, why=why, says=tuple(says))


def compare(
    item: WorkItem, chosen: WhyThis, agent_id: str, *, profile: Profile, seat: Seat | None
) -> Comparison:
    """The chosen one beside another agent without any obstacle."""
    why = chosen.why
    other = next((one for one in why.runners_up if one.agent_id == agent_id), None)
    score, idle_since_ms = None, None
    if other is not None:
        score, idle_since_ms = other.score, other.idle_since_ms
    elif seat is not None:
        score = _score(why.policy, item, profile, seat)
        idle_since_ms = seat.idle.idle_since_ms
    says = f"{chosen.agent_id} {CHOSEN_FOR.get(why.chosen_for, why.chosen_for)}"
    if why.chosen_for == POLICY and idle_since_ms is not None:
        mine = _value(why.policy, why.score, why.idle_since_ms)
        says += f": {mine}; {agent_id}: {_value(why.policy, score, idle_since_ms)}"
    return Comparison(
        chosen_agent_id=chosen.agent_id,
        policy=why.policy,
        chosen_for=why.chosen_for,
        chosen_score=why.score,
        chosen_idle_since_ms=why.idle_since_ms,
        score=score,
        idle_since_ms=idle_since_ms,
        is_recorded=other is not None,
        says=says,
    )


def _score(policy: str, item: WorkItem, profile: Profile, seat: Seat) -> int | None:
    """What the policy would compare now; a turn in the ring only the decision knew."""
    if policy == AgentPolicy.LEAST_OCCUPIED:
        return seat.occupied_permille
    if policy == AgentPolicy.MOST_PROFICIENT:
        return -sum(profile.skills.get(skill, 0) for skill in {**item.prefers, **item.requires})
    return None if policy == AgentPolicy.ROUND_ROBIN else 0


def _measure(why: Why) -> str:
    return f"Compared: {_value(why.policy, why.score, why.idle_since_ms)}."


def _value(policy: str, score: int | None, idle_since_ms: int) -> str:
    idle = f"idle since {time_of(idle_since_ms)}"
    if score is None or policy == AgentPolicy.LONGEST_IDLE:
        return idle
    if policy == AgentPolicy.LEAST_OCCUPIED:
        return f"{score / 10:g} % occupied, {idle}"
    if policy == AgentPolicy.MOST_PROFICIENT:
        return f"levels of {-score} in all, {idle}"
    return f"place {score + 1} in the ring"
