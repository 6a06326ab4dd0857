"""Desks drawn at random: every feature of a configuration, with times short enough for a run."""

import random
from typing import Any

from libs.common.contracts.configuration import DeskConfiguration

Json = dict[str, Any]
DeskKey = tuple[str, str]
DESKS = (("acme", "support"), ("acme", "sales"), ("globex", "support"))
QUEUES = ("billing", "calls", "general", "orders")
SKILLS = ("english", "refunds", "turkish")
GROUPS = ("first", "second")
AGENTS = ("ann", "bob", "cem", "dee", "eva", "fay")
CHANNELS = ("email", "voice", "web_chat")
SEGMENTS = ("gold", "silver")
TOPICS = ("invoice", "order", "other")
POLICIES = ("longest_idle", "least_occupied", "most_proficient", "round_robin")
CODES = ("done", "sold")


def a_configuration(rng: random.Random) -> DeskConfiguration:
    """A valid desk: some queues, groups, profiles, rules and agents, all policies in use."""
    queues = sorted(rng.sample(QUEUES, rng.choice((1, 2, 3, 4))))
    profiles = [f"profile-{number}" for number in range(rng.randrange(3))]
    gone = [queue for queue in QUEUES if queue not in queues]
    return DeskConfiguration.model_validate(
        {
            "skills": SKILLS,
            "queues": [_queue(rng, name, queues) for name in queues],
            "routing_profiles": [
                {"routing_profile_id": name, **_ranks_or_weights(rng, queues)} for name in profiles
            ],
            "agent_groups": [_group(rng, name, profiles) for name in GROUPS],
            "agents": [
                _agent(rng, name, queues, profiles)
                for name in rng.sample(AGENTS, rng.randrange(3, len(AGENTS) + 1))
            ],
            "rules": [
                {"rule_id": f"rule-{n}", "when": _conditions(rng), "then": _route(rng, queues)}
                for n in range(rng.randrange(4))
            ],
            "default": _route(rng, queues),
            "channels": _channels(rng),
            # Without a successor for each, a version may contradict the work that is open.
            "migrate_to": {name: rng.choice(queues) for name in gone if rng.random() < 0.8},
            "policies": _policies(rng),
        }
    )


def changed(rng: random.Random, before: DeskConfiguration) -> DeskConfiguration:
    """Another version: one part of it is new, or all of it."""
    new = a_configuration(rng)
    if rng.random() < 0.4:
        return new
    document = before.model_dump(mode="json", exclude_unset=True)
    part = rng.choice(("policies", "channels", "agents", "rules"))
    document[part] = new.model_dump(mode="json", exclude_unset=True)[part]
    queues = {queue.queue_id for queue in before.queues}
    if part in ("agents", "rules"):
        profiles = [profile.routing_profile_id for profile in before.routing_profiles]
        document["agents"] = [
            _agent(rng, name, sorted(queues), profiles)
            for name in rng.sample(AGENTS, rng.randrange(2, len(AGENTS) + 1))
        ]
        document["rules"] = [rule for rule in document["rules"] if rule["then"]["queue"] in queues]
    return DeskConfiguration.model_validate(document)


def _queue(rng: random.Random, name: str, queues: list[str]) -> Json:
    others = [queue for queue in queues if queue != name]
    queue: Json = {
        "queue_id": name,
        "policy": rng.choice(POLICIES),
        "offer": {
            "mode": rng.choice(("ring", "ring", "ring", "direct", "broadcast")),
            "timeout_s": rng.randrange(1, 6),
            "agents": rng.randrange(2, 5),
        },
        "requires": _levels(rng, most=1),
        "prefers": _levels(rng, most=1),
        "steps": [_step(rng, queues) for _ in range(rng.choice((0, 0, 1, 2, 3)))],
        "prefers_earlier_agents": rng.random() < 0.3,
        "wrap_up_s": rng.choice((0, 0, 2, 6)),
        "wrap_up_codes": rng.choice(((), CODES)),
    }
    if rng.random() < 0.5:
        queue["last_agent_hold_s"] = rng.choice((0, 2, 6))
    if rng.random() < 0.5:
        queue["escalation"] = {"after_s": rng.randrange(1, 8)}
    if others and rng.random() < 0.4:
        queue["overflow"] = _overflow(rng, others)
    return queue


def _overflow(rng: random.Random, others: list[str]) -> Json:
    enter = rng.randrange(2, 6)
    overflow: Json = {
        "to": rng.choice(others),
        "enter": {"waiting": enter},
        "leave": {"waiting": rng.randrange(enter)},
    }
    if rng.random() < 0.3:
        overflow["enter"]["estimated_wait_s"] = 60
        overflow["leave"]["estimated_wait_s"] = 20
    return overflow


def _step(rng: random.Random, queues: list[str]) -> Json:
    step: Json = {"after_s": rng.randrange(1, 6)}
    kind = rng.randrange(8)
    if kind == 0:
        step["lower"] = {rng.choice(SKILLS): rng.randrange(1, 3)}
    elif kind == 1:
        step["drop"] = [rng.choice(SKILLS)]
    elif kind == 2:
        step["widen_to_queues"] = [rng.choice(queues)]
    elif kind == 3:
        step["widen_to_groups"] = [rng.choice(GROUPS)]
    elif kind == 4:
        step["credit_s"] = rng.randrange(1, 30)
    elif kind == 5:
        step["strict_class"] = rng.randrange(3, 6)
    elif kind == 6:
        step["move_to"] = rng.choice(queues)
    else:
        step["anyone"] = True
    return step


def _route(rng: random.Random, queues: list[str]) -> Json:
    return {
        "queue": rng.choice(queues),
        "requires": _levels(rng, most=1),
        "prefers": _levels(rng, most=1),
        "credit_s": rng.choice((0, 0, 5, 90)),
        "strict_class": rng.choice((4, 5, 5, 5)),
    }


def _conditions(rng: random.Random) -> Json:
    return rng.choice(
        (
            {"channel": [rng.choice(CHANNELS)]},
            {"topic": [rng.choice(TOPICS)]},
            {"segment": [rng.choice(SEGMENTS)]},
            {"language": ["tr"], "channel": ["web_chat", "email"]},
            {"attributes": {"basket": {"minimum": 50}}},
        )
    )


def _channels(rng: random.Random) -> Json:
    calls: Json = {"weight": rng.choice((1, 3)), "exclusive": rng.random() < 0.7}
    if rng.random() < 0.3:
        calls["compatible_with"] = ["email"]
    return {
        "voice": calls,
        "web_chat": {"weight": rng.choice((1, 2))},
        "email": {"weight": rng.choice((1, 1, 3))},
    }


def _group(rng: random.Random, name: str, profiles: list[str]) -> Json:
    group: Json = {"agent_group_id": name, "skills": _levels(rng, most=2)}
    if profiles and rng.random() < 0.5:
        group["routing_profile"] = rng.choice(profiles)
    if rng.random() < 0.5:
        group["capacity_units"] = rng.randrange(2, 6)
    return group


def _agent(rng: random.Random, name: str, queues: list[str], profiles: list[str]) -> Json:
    agent: Json = {
        "agent_id": name,
        "groups": rng.sample(GROUPS, rng.randrange(3)),
        "skills": _levels(rng, most=3),
    }
    if not profiles or rng.random() < 0.7:
        agent.update(_ranks_or_weights(rng, queues))
    elif rng.random() < 0.7:
        agent["routing_profile"] = rng.choice(profiles)
    if rng.random() < 0.3:
        agent["channels"] = {
            channel: rng.randrange(3) for channel in CHANNELS if rng.random() < 0.8
        }
    if rng.random() < 0.7:
        agent["capacity_units"] = rng.choice((0, 1, 2, 3, 3, 4, 5))
    return agent


def _ranks_or_weights(rng: random.Random, queues: list[str]) -> Json:
    some = sorted(rng.sample(queues, rng.randrange(1, len(queues) + 1)))
    if rng.random() < 0.7:
        return {"queues": {queue: rng.randrange(1, 4) for queue in some}}
    return {"weights": {queue: rng.randrange(1, 5) for queue in some}}


def _levels(rng: random.Random, *, most: int) -> dict[str, int]:
    some = sorted(rng.sample(SKILLS, rng.randrange(most + 1)))
    return {skill: rng.randrange(1, 6) for skill in some}


def _policies(rng: random.Random) -> Json:
    return {
        "max_credit_s": rng.choice((20, 60, 3_600)),
        "take_back_after_s": rng.randrange(2, 10),
        "unanswered_take_back_after_s": rng.choice((None, None, 4, 12)),
        "refusal_forgotten_after_s": rng.randrange(2, 15),
        "ring_no_answer_max": rng.randrange(1, 4),
        "owner_hold_s": rng.randrange(1, 6),
        "parked_weight": rng.choice((0, 0, 1)),
        "participant_weight": rng.choice((0, 1, 1)),
        "capacity_patience_s": rng.randrange(1, 6),
        "promote_after_s": rng.choice((6, 15, 900)),
        "last_agent_remembered_s": rng.choice((8, 60)),
    }
