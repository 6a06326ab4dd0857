"""What generated desks promise, and what escalates there: every feature, in combinations."""

from collections.abc import Callable, Mapping
from random import Random

Part = Mapping[str, object]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# World.START_MS is a Tuesday, 22:13 UTC: one calendar is open, one opens in the middle of things.
_CALENDARS: list[Part] = [
    {"calendar_id": "open", "zone": "UTC", "opening": {day: ["00:00-24:00"] for day in _DAYS}},
    {
        "calendar_id": "breaks",
        "zone": "Europe/Berlin",
        "opening": {day: ["09:00-17:00", "23:13-23:14", "23:15-24:00"] for day in _DAYS},
    },
]


def with_promises(document: Part, seed: int) -> Part:
    """The desk's document with promises and escalations: one in three desks has none."""
    dice = Random(seed)
    if seed % 3 == 0:
        return document
    queues = [str(queue["queue_id"]) for queue in _parts(document, "queues")]
    return {
        **document,
        "calendars": _CALENDARS,
        "sla_policies": [_policy(dice, number, queues) for number in range(dice.randint(0, 2))],
        "escalation_policies": [
            {"escalation_policy_id": name, "levels": [_level(dice, queues) for _ in range(2)]}
            for name in ("first", "second")
        ],
        "queues": [
            {**queue, "escalation_policy": dice.choice([None, "first", "second"])}
            for queue in _parts(document, "queues")
        ],
    }


def _parts(document: Part, name: str) -> list[Part]:
    parts = document[name]
    assert isinstance(parts, list)
    return parts


def _policy(dice: Random, number: int, queues: list[str]) -> Part:
    targets = {
        "first_response_s": dice.choice([10, 40]),
        "next_response_s": dice.choice([5, 20]),
        "resolution_s": dice.choice([60, 200]),
    }
    conditions: list[Part] = [{}, {}, {"queue": queues[-1:]}, {"channel": ["web_chat"]}]
    return {
        "sla_policy_id": f"policy-{number}",
        "when": dice.choice(conditions),
        "calendar": dice.choice([None, "open", "breaks", "breaks"]),
        "at_risk_share": dice.choice([0.1, 0.8]),
        "pauses_while_parked": dice.random() < 0.8,
        "escalation": dice.choice([None, "first", "second"]),
        **dict(dice.sample(sorted(targets.items()), dice.randint(1, 3))),
    }


def _level(dice: Random, queues: list[str]) -> Part:
    actions: list[Callable[[], Part]] = [
        lambda: {"notify": {}},
        lambda: {"take_back": True},
        lambda: {"move_to": dice.choice(queues)},
        lambda: {"take_back": True, "anyone": True, "notify": {}},
        lambda: {"widen_to_queues": [dice.choice(queues)], "lower": {"billing": 1}},
        lambda: {"widen_to_groups": ["second"], "drop": ["russian"]},
        lambda: {"credit_s": 60, "strict_class": 2, "move_to": dice.choice(queues)},
    ]
    repeats = dice.choice([0, 0, 2])
    return {
        "trouble": dice.choice(["waiting", "at_risk", "breached"]),
        "after_s": dice.choice([0, 5, 20]),
        "repeats": repeats,
        "repeat_every_s": dice.choice([5, 30]) if repeats else None,
        "actions": dice.choice(actions)(),
    }
