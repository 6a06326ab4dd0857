"""A desk's whole configuration: every name that is used exists, and only once."""

import pytest
from pydantic import ValidationError

from libs.common.contracts.configuration import ChannelPolicy, DeskConfiguration, Route

Part = dict[str, object]
WHOLE: Part = {
    "skills": ["billing"],
    "queues": [{"queue_id": "general"}, {"queue_id": "sales"}],
    "routing_profiles": [{"routing_profile_id": "all", "queues": {"general": 1}}],
    "agent_groups": [{"agent_group_id": "night"}],
    "agents": [{"agent_id": "ann"}],
    "rules": [{"rule_id": "sell", "when": {}, "then": {"queue": "sales"}}],
    "default": {"queue": "general"},
}


def _desk(**changes: object) -> DeskConfiguration:
    return DeskConfiguration.model_validate({**WHOLE, **changes})


def _queue(**fields: object) -> list[Part]:
    return [{"queue_id": "general", **fields}, {"queue_id": "sales"}]


def _step(**fields: object) -> list[Part]:
    return _queue(steps=[{"after_s": 1, **fields}])


def _rule(**route: object) -> list[Part]:
    return [{"rule_id": "sell", "when": {}, "then": {"queue": "sales", **route}}]


def _overflow(to: str) -> Part:
    return {"to": to, "enter": {"waiting": 2}, "leave": {"waiting": 1}}


ONE: Part = {"x": 1}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"queues": _queue(requires=ONE)}, "queues.0.requires"),
        ({"queues": _queue(prefers=ONE)}, "queues.0.prefers"),
        ({"queues": _queue(overflow=_overflow("x"))}, "queues.0.overflow.to"),
        ({"queues": _step(lower=ONE)}, "queues.0.steps"),
        ({"queues": _step(drop=["x"])}, "queues.0.steps"),
        ({"queues": _step(widen_to_queues=["x"])}, "queues.0.steps"),
        ({"queues": _step(move_to="x")}, "queues.0.steps"),
        ({"queues": _step(widen_to_groups=["x"])}, "queues.0.steps"),
        ({"agent_groups": [{"agent_group_id": "n", "skills": ONE}]}, "agent_groups.0.skills"),
        (
            {"agent_groups": [{"agent_group_id": "n", "routing_profile": "x"}]},
            "agent_groups.0.routing_profile",
        ),
        ({"agents": [{"agent_id": "ann", "groups": ["x"]}]}, "agents.0.groups"),
        ({"agents": [{"agent_id": "ann", "skills": ONE}]}, "agents.0.skills"),
        ({"agents": [{"agent_id": "ann", "queues": ONE}]}, "agents.0.queues"),
        ({"agents": [{"agent_id": "ann", "weights": ONE}]}, "agents.0.weights"),
        ({"agents": [{"agent_id": "ann", "routing_profile": "x"}]}, "agents.0.routing_profile"),
        (
            {"routing_profiles": [{"routing_profile_id": "all", "queues": ONE}]},
            "routing_profiles.0.queues",
        ),
        (
            {"routing_profiles": [{"routing_profile_id": "all", "weights": ONE}]},
            "routing_profiles.0.weights",
        ),
        ({"rules": _rule(queue="x")}, "rules.0.then.queue"),
        ({"rules": _rule(requires=ONE)}, "rules.0.then.requires"),
        ({"rules": _rule(prefers=ONE)}, "rules.0.then.prefers"),
        ({"default": {"queue": "x"}}, "default.queue"),
        ({"migrate_to": {"gone": "x"}}, "migrate_to"),
    ],
)
def test_a_name_that_is_not_configured_is_a_mistake_at_its_place(changes: Part, place: str) -> None:
    """The message says where, and which name."""
    with pytest.raises(ValidationError, match=rf"{place}[.\w]*: not configured: x"):
        _desk(**changes)


def test_a_queue_does_not_overflow_into_itself() -> None:
    """Its own agents are asked already."""
    with pytest.raises(ValidationError, match="a queue can't overflow to itself"):
        _desk(queues=_queue(overflow=_overflow("general")))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"skills": ["a", "b", "a"]}, "skills.2: named twice: a"),
        ({"queues": [{"queue_id": "general"}] * 2}, "queues.1.queue_id: named twice: general"),
        ({"agents": [{"agent_id": "ann"}] * 2}, "agents.1.agent_id: named twice: ann"),
        (
            {"agent_groups": [{"agent_group_id": "n"}] * 2},
            "agent_groups.1.agent_group_id: named twice: n",
        ),
        (
            {"routing_profiles": [{"routing_profile_id": "all"}] * 2},
            "routing_profiles.1.routing_profile_id: named twice: all",
        ),
        ({"rules": _rule() * 2}, "rules.1.rule_id: named twice: sell"),
    ],
)
def test_a_name_that_is_given_twice_is_a_mistake(changes: Part, place: str) -> None:
    """It would be unclear which one counts."""
    with pytest.raises(ValidationError, match=place):
        _desk(**changes)


def test_a_desk_needs_a_queue() -> None:
    """Everything must have somewhere to go."""
    with pytest.raises(ValidationError, match="queues"):
        _desk(queues=[])


def test_a_desk_that_uses_every_kind_of_name_is_valid() -> None:
    """All of them exist."""
    step = {
        "after_s": 1,
        "lower": {"billing": 1},
        "widen_to_queues": ["sales"],
        "widen_to_groups": ["night"],
        "move_to": "sales",
    }
    agents = [
        {"agent_id": "ann", "groups": ["night"], "routing_profile": "all"},
        {"agent_id": "bob", "skills": {"billing": 5}, "weights": {"sales": 2}},
    ]

    desk = _desk(
        queues=_queue(steps=[step], overflow=_overflow("sales"), requires={"billing": 1}),
        agents=agents,
        migrate_to={"gone": "general"},
    )

    assert [place for place, _ in desk.routes()] == ["rules.sell.then", "default"]


def test_a_channel_costs_what_it_says_or_its_short_form_or_one_unit() -> None:
    """The long form wins."""
    desk = _desk(
        channels={"voice": {"weight": 4, "exclusive": True}, "email": {}},
        capacity_weights={"web_chat": 2, "voice": 9},
    )

    weights = [desk.weight_of(name) for name in ("voice", "email", "web_chat", "sms")]

    assert weights == [4, 1, 2, 1]
    assert desk.channel("voice").exclusive
    assert desk.channel("sms") == ChannelPolicy()


def test_a_configuration_can_not_be_changed() -> None:
    """It is a fact of the log."""
    with pytest.raises(ValidationError, match="frozen"):
        _desk().default = Route(queue="sales")  # type: ignore[misc]  # the mistake
