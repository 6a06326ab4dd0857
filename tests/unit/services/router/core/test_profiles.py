"""What agents with equal configuration share, after groups and routing profiles are resolved."""

from services.router.core.profiles import Profile, Profiles
from tests.unit.services.router.core.desks import Part, a_desk_of

GROUPS: list[Part] = [
    {
        "agent_group_id": "first",
        "skills": {"billing": 2, "russian": 1},
        "channels": {"web_chat": 3},
        "capacity_units": 4,
    },
    {
        "agent_group_id": "second",
        "skills": {"billing": 4},
        "routing_profile": "shared",
        "channels": {"voice": 1},
        "capacity_units": 9,
    },
]
ROUTING: list[Part] = [
    {"routing_profile_id": "shared", "weights": {"general": 3}},
    {"routing_profile_id": "own", "queues": {"general": 7}},
]


def _of(**agents: Part) -> dict[str, Profile]:
    return _profiles(**agents).of_agent


def _profiles(**agents: Part) -> Profiles:
    desk = a_desk_of(agents=agents, agent_groups=GROUPS, routing_profiles=ROUTING)
    return Profiles(desk)


def test_the_highest_level_of_all_groups_counts_and_an_agents_own_wins_both_ways() -> None:
    """Also downwards: who says 1 has 1."""
    both: Part = {"groups": ["first", "second"]}
    found = _of(ann=both, bob={**both, "skills": {"billing": 1}})

    assert found["ann"].skills == {"billing": 4, "russian": 1}
    assert found["bob"].skills == {"billing": 1, "russian": 1}


def test_the_first_of_the_agents_groups_that_has_a_field_decides_it() -> None:
    """In the order in which the agent names them; the agent's own comes before all."""
    profiles = _profiles(
        ann={"groups": ["first", "second"]},
        bob={"groups": ["second", "first"]},
        cem={"groups": ["first"], "channels": {}, "capacity_units": 0},
        dan={},
    )

    assert profiles.of_agent["ann"].channels == {"web_chat": 3}
    assert profiles.of_agent["bob"].channels == {"voice": 1}
    assert profiles.of_agent["cem"].channels == {}
    assert profiles.of_agent["dan"].channels is None
    assert profiles.capacity_of == {"ann": 4, "bob": 9, "cem": 0, "dan": 6}


def test_queues_come_from_the_agent_or_else_a_routing_profile_or_else_nowhere() -> None:
    """Ranks and weights are never mixed."""
    found = _of(
        ann={"groups": ["second"], "queues": {"general": 2}},
        bob={"groups": ["second"], "queues": {}},
        cem={"groups": ["second"], "routing_profile": "own"},
        dan={"groups": ["first"], "queues": {}},
        eve={"groups": ["second"], "weights": {"general": 9}},
    )

    ranks_and_weights = {name: (one.ranks, one.weights) for name, one in found.items()}
    assert ranks_and_weights == {
        "ann": ({"general": 2}, {}),
        "bob": ({}, {"general": 3}),
        "cem": ({"general": 7}, {}),
        "dan": ({}, {}),
        "eve": ({}, {"general": 9}),
    }
    assert found["bob"].queues == frozenset({"general"})


def test_equal_agents_share_one_profile_and_others_do_not() -> None:
    """Identity is equality; capacity is each agent's own."""
    profiles = _profiles(
        ann={"groups": ["first", "second"]},
        bob={"groups": ["first", "second"], "capacity_units": 1},
        cem={"groups": ["first"]},
    )

    assert profiles.of_agent["ann"] is profiles.of_agent["bob"]
    assert profiles.members[profiles.of_agent["ann"]] == ["ann", "bob"]
    assert profiles.of_agent["cem"] is not profiles.of_agent["ann"]


def test_skills_are_met_from_the_level_asked_upwards() -> None:
    """A skill that an agent does not have is at level 0."""
    ann = _of(ann={"skills": {"billing": 2}})["ann"]

    assert ann.has_skills(())
    assert ann.has_skills((("billing", 2),))
    assert not ann.has_skills((("billing", 3),))
    assert not ann.has_skills((("billing", 1), ("russian", 1)))


def test_without_a_desk_there_is_nobody() -> None:
    """As for a desk that is not configured yet."""
    assert Profiles().of_agent == {}
