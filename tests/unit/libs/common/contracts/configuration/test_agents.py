"""Agents, their groups and routing profiles: what can be said, and what contradicts itself."""

import pytest
from pydantic import ValidationError

from libs.common.contracts.configuration import AgentConfiguration, AgentGroup, RoutingProfile

QUEUES = {"general": 1}


def test_a_routing_profile_has_ranks_or_weights_never_both() -> None:
    """R8."""
    RoutingProfile(routing_profile_id="ranked", queues=QUEUES)
    RoutingProfile(routing_profile_id="weighted", weights=QUEUES)
    RoutingProfile(routing_profile_id="empty")

    with pytest.raises(ValidationError, match=r"either ranks .* or weights"):
        RoutingProfile(routing_profile_id="both", queues=QUEUES, weights=QUEUES)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"queues": QUEUES, "weights": QUEUES}, "queues, weights"),
        ({"queues": QUEUES, "routing_profile": "all"}, "queues, routing_profile"),
        ({"weights": QUEUES, "routing_profile": "all"}, "weights, routing_profile"),
    ],
)
def test_an_agents_queues_come_from_one_place(said: dict[str, object], named: str) -> None:
    """The message names both."""
    with pytest.raises(ValidationError, match=f"come from one of: {named}"):
        AgentConfiguration.model_validate({"agent_id": "ann", **said})


@pytest.mark.parametrize("said", [{}, {"queues": QUEUES}, {"weights": QUEUES}])
def test_one_way_or_none_to_say_the_queues_is_enough(said: dict[str, object]) -> None:
    """Groups may say the rest."""
    agent = AgentConfiguration.model_validate({"agent_id": "ann", **said})

    assert (agent.capacity_units, agent.channels, agent.routing_profile) == (None, None, None)


@pytest.mark.parametrize(
    "said",
    [
        {"capacity_units": 51},
        {"capacity_units": -1},
        {"skills": {"billing": 6}},
        {"skills": {"billing": 0}},
        {"queues": {"general": 0}},
        {"weights": {"general": 101}},
        {"channels": {"web_chat": 51}},
        {"groups": ["a"] * 17},
        {"unheard_of": 1},
    ],
)
def test_every_number_of_an_agent_is_bounded(said: dict[str, object]) -> None:
    """Unknown fields are mistakes too."""
    with pytest.raises(ValidationError, match=next(iter(said))):
        AgentConfiguration.model_validate({"agent_id": "ann", **said})


def test_a_group_says_nothing_unless_it_does() -> None:
    """What is left out is left to the next group."""
    group = AgentGroup(agent_group_id="night")

    assert (group.skills, group.routing_profile, group.channels, group.capacity_units) == (
        {},
        None,
        None,
        None,
    )
