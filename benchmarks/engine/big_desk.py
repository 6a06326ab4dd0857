"""A desk of the size that the figures are about: many agents, queues and skills, every policy."""

from itertools import cycle, islice
from random import Random

from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import AgentPolicy

TENANT, DESK = "acme", "everything"
QUEUES = 30
SKILLS = 24
TOPICS_PER_QUEUE = 6
CHANNELS = {
    "web_chat": {"weight": 2},
    "email": {"weight": 1},
    "voice": {"weight": 6, "exclusive": True, "compatible_with": ["email"]},
}
POLICIES = tuple(policy.value for policy in AgentPolicy)


def queue_name(number: int) -> str:
    """The queue of this number."""
    return f"queue-{number:02d}"


def agent_name(number: int) -> str:
    """The agent of this number."""
    return f"agent-{number:05d}"


def big_desk(
    *,
    agents: int,
    profiles: int,
    queues: int = QUEUES,
    topics: int = TOPICS_PER_QUEUE,
    seed: int = 1,
) -> DeskConfiguration:
    """A desk with this many agents of this many distinct profiles. Equal arguments, equal desk."""
    rng = Random(seed)  # noqa: S311 - no secret
    distinct = [_profile(rng, number, queues) for number in range(profiles)]
    return DeskConfiguration.model_validate(
        {
            "skills": [_skill(number) for number in range(SKILLS)],
            "queues": [_queue(number, queues) for number in range(queues)],
            "agent_groups": [{"agent_group_id": "seniors"}],
            "agents": [
                {"agent_id": agent_name(number), **profile}
                for number, profile in enumerate(islice(cycle(distinct), agents))
            ],
            "rules": [rule for number in range(queues) for rule in _rules(number, topics)],
            "default": {"queue": queue_name(0)},
            "channels": CHANNELS,
        }
    )


def _skill(number: int) -> str:
    return f"skill-{number:02d}"


def _queue(number: int, queues: int) -> dict[str, object]:
    """Policies in turn; steps lower a level, lend agents, raise priority and end with anyone."""
    other = queue_name((number + 1) % queues)
    return {
        "queue_id": queue_name(number),
        "requires": {_skill(number % SKILLS): 2},
        "prefers": {_skill((number + 5) % SKILLS): 3} if number % 3 == 0 else {},
        "policy": POLICIES[number % len(POLICIES)],
        "steps": [
            {"after_s": 60, "lower": {_skill(number % SKILLS): 1}},
            {"after_s": 60, "widen_to_queues": [other], "credit_s": 30},
            {"after_s": 120, "widen_to_groups": ["seniors"], "drop": [_skill(number % SKILLS)]},
        ],
        "escalation": {"after_s": 300},
        "last_agent_hold_s": 20 if number % 5 == 0 else None,
        "overflow": {
            "to": other,
            "enter": {"waiting": 5_000},
            "leave": {"waiting": 4_000},
        }
        if number % 10 == 0
        else None,
    }


def _rules(number: int, topics: int) -> list[dict[str, object]]:
    return [
        {
            "rule_id": f"rule-{number:02d}-{topic}",
            "when": {"topic": [f"topic-{number:02d}-{topic}"]},
            "then": {
                "queue": queue_name(number),
                "requires": {_skill((number + topic) % SKILLS): 1 + topic % 4} if topic else {},
                "credit_s": 30 * topic,
                "strict_class": 4 if topic == TOPICS_PER_QUEUE - 1 else 5,
            },
        }
        for topic in range(topics)
    ]


def _profile(rng: Random, number: int, queues: int) -> dict[str, object]:
    """Three or four queues with ranks (every seventh: weights) and the skills that they need."""
    served = rng.sample(range(queues), rng.choice((3, 4)))
    skills = {_skill(queue % SKILLS): rng.randrange(2, 6) for queue in served}
    skills.update({_skill(one): rng.randrange(1, 6) for one in rng.sample(range(SKILLS), 6)})
    by_rank = {queue_name(queue): rank for rank, queue in enumerate(served, start=1)}
    by_weight = {queue_name(queue): rng.randrange(1, 5) for queue in served}
    return {
        **({"weights": by_weight} if number % 7 == 0 else {"queues": by_rank}),
        "skills": skills,
        "groups": ["seniors"] if number % 10 == 0 else [],
        "capacity_units": 6,
    }
