"""Generated desks: every feature of a configuration, in combinations that nobody thought of."""

from collections.abc import Callable, Mapping
from functools import cache
from random import Random

from libs.common.contracts.configuration import DeskConfiguration
from tests.unit.services.router.core.generated_promises import with_promises

QUEUES = ("general", "billing", "calls")
GROUPS = ("first", "second")
AGENTS = ("ann", "bob", "cem", "dan", "eve")
CHANNELS = ("web_chat", "telegram", "voice")
SKILLS = ("billing", "russian")
DESKS = 400

Part = Mapping[str, object]

_POLICIES: list[Part] = [
    {},
    {"parked_weight": 1, "ring_no_answer_max": 1, "take_back_after_s": 8, "owner_hold_s": 5},
    {
        "unanswered_take_back_after_s": 30,
        "refusal_forgotten_after_s": 10,
        "capacity_patience_s": 5,
        "promote_after_s": 30,
        "last_agent_remembered_s": 60,
        "participant_weight": 2,
    },
]
_CALLS: Part = {"weight": 1, "exclusive": True}
_CALLS_BESIDE_CHATS: Part = {"weight": 2, "exclusive": True, "compatible_with": ["web_chat"]}
_ALL_CHANNELS: Part = {"voice": _CALLS, "web_chat": {"weight": 2}, "telegram": {}}
_CHANNELS: list[Part] = [
    {},
    {"voice": _CALLS},
    {"voice": _CALLS_BESIDE_CHATS},
    _ALL_CHANNELS,
]


@cache
def a_generated_desk(seed: int) -> DeskConfiguration:
    """The valid desk of this number, up to `DESKS`; it may lack queues and agents of others."""
    dice = Random(seed)
    queues = QUEUES if dice.random() < 0.8 else QUEUES[:1]
    agents = AGENTS if dice.random() < 0.8 else AGENTS[:3]
    rules = [
        {
            "rule_id": queue_id,
            "when": {"topic": [queue_id]},
            "then": {"queue": queue_id, "prefers": _levels(dice), "strict_class": place},
        }
        for place, queue_id in enumerate(queues)
    ]
    document: Part = {
        "skills": SKILLS,
        "queues": [_queue(dice, queue_id, queues) for queue_id in queues],
        "routing_profiles": [{"routing_profile_id": "all", "queues": {"general": 2}}],
        "agent_groups": [
            {"agent_group_id": "first", "routing_profile": "all", "skills": {"russian": 2}},
            {"agent_group_id": "second", "capacity_units": 3},
        ],
        "agents": [_agent(dice, agent_id, queues) for agent_id in agents],
        "rules": rules,
        "default": {"queue": "general"},
        "channels": dice.choice(_CHANNELS),
        "capacity_weights": dice.choice([{}, {"web_chat": 2}]),
        "migrate_to": {one: "general" for one in QUEUES if one not in queues},
        "policies": dice.choice(_POLICIES),
    }
    return DeskConfiguration.model_validate(with_promises(document, seed))


def _levels(dice: Random) -> Part:
    """Two times in three no skill at all, else one or two."""
    number = dice.choice([0, 0, 0, 0, 1, 2])
    return {skill: dice.randint(1, 3) for skill in dice.sample(SKILLS, number)}


def _queue(dice: Random, queue_id: str, queues: tuple[str, ...]) -> Part:
    others = [one for one in queues if one != queue_id]
    overflow = {
        "to": dice.choice(others or [""]),
        "enter": {"waiting": 3, "estimated_wait_s": 90},
        "leave": {"waiting": 1, "estimated_wait_s": 30},
    }
    policies = ["longest_idle", "least_occupied", "most_proficient", "round_robin"]
    mode = dice.choice(["ring", "ring", "direct", "broadcast"])
    return {
        "queue_id": queue_id,
        "requires": _levels(dice),
        "prefers": _levels(dice),
        "policy": dice.choice(policies),
        "offer": {"mode": mode, "agents": dice.randint(2, 3)},
        "last_agent_hold_s": dice.choice([None, 0, 15]),
        "steps": [_step(dice, queues) for _ in range(dice.randint(0, 3))],
        "prefers_earlier_agents": dice.random() < 0.5,
        "overflow": overflow if others and dice.random() < 0.5 else None,
        "wrap_up_s": dice.choice([0, 8]),
        "wrap_up_codes": dice.choice([[], ["done"]]),
        "escalation": dice.choice([None, {"after_s": 25}]),
    }


def _step(dice: Random, queues: tuple[str, ...]) -> Part:
    changes: list[Callable[[], Part]] = [
        lambda: {"drop": [dice.choice(SKILLS)]},
        lambda: {"lower": {dice.choice(SKILLS): 1}},
        lambda: {"widen_to_queues": [dice.choice(queues)]},
        lambda: {"widen_to_groups": [dice.choice(GROUPS)]},
        lambda: {"move_to": dice.choice(queues)},
        lambda: {"anyone": True},
        lambda: {"credit_s": 60, "strict_class": 2},
    ]
    return {"after_s": dice.choice([5, 20]), **dice.choice(changes)()}


def _agent(dice: Random, agent_id: str, queues: tuple[str, ...]) -> Part:
    served = {queue_id: dice.randint(1, 3) for queue_id in dice.sample(queues, len(queues))[:2]}
    own: list[Part] = [{"queues": served}, {"weights": served}]
    ways = [*own, *own, *own, {"routing_profile": "all"}, {}]
    limits = {"web_chat": 1, "voice": 1}
    return {
        "agent_id": agent_id,
        "groups": dice.sample(GROUPS, dice.randint(0, 2)),
        "skills": _levels(dice),
        "capacity_units": dice.choice([None, 1, 2, 2, 4]),
        "channels": limits if dice.random() < 0.2 else None,
        **dice.choice(ways),
    }
