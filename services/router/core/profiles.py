"""What agents with equal configuration have in common: computed once, shared by all of them.

A profile is what the configuration says after groups and routing profiles are resolved. Equal
profiles are one object, so that identity is equality and looking one up costs nothing.
"""

from typing import NamedTuple

from libs.common.contracts.configuration import (
    CAPACITY_UNITS_DEFAULT,
    AgentConfiguration,
    AgentGroup,
    DeskConfiguration,
    RoutingProfile,
)


class ProfileKey(NamedTuple):
    """All that matching asks of an agent's configuration, in a fixed order."""

    ranks: tuple[tuple[str, int], ...]
    weights: tuple[tuple[str, int], ...]
    skills: tuple[tuple[str, int], ...]
    groups: tuple[str, ...]
    channels: tuple[tuple[str, int], ...] | None


class Profile:
    """One distinct configuration of agents."""

    __slots__ = ("channels", "groups", "key", "queues", "ranks", "skills", "weights")

    def __init__(self, key: ProfileKey) -> None:
        self.key = key
        self.ranks = dict(key.ranks)
        self.weights = dict(key.weights)
        self.skills = dict(key.skills)
        self.groups = frozenset(key.groups)
        self.channels = dict(key.channels) if key.channels is not None else None
        self.queues = frozenset(self.ranks) | frozenset(self.weights)

    def has_skills(self, requires: tuple[tuple[str, int], ...]) -> bool:
        """Whether agents of this profile have every skill at the level asked."""
        for skill, level in requires:  # noqa: SIM110 - asked for each line: a loop costs a third of `all`
            if self.skills.get(skill, 0) < level:
                return False
        return True

    def takes(self, channel: str) -> bool:
        """Whether agents of this profile take work of the channel at all."""
        return self.channels is None or self.channels.get(channel, 0) > 0


class Profiles:
    """The distinct profiles of one desk, and each agent's profile and capacity in units."""

    def __init__(self, desk: DeskConfiguration | None = None) -> None:
        self.of_agent: dict[str, Profile] = {}
        self.capacity_of: dict[str, int] = {}
        self.members: dict[Profile, list[str]] = {}
        if desk is None:
            return
        by_key: dict[ProfileKey, Profile] = {}
        groups = {group.agent_group_id: group for group in desk.agent_groups}
        routing = {profile.routing_profile_id: profile for profile in desk.routing_profiles}
        for agent in desk.agents:
            theirs = [groups[name] for name in agent.groups]
            key = _key_of(agent, theirs, routing)
            profile = by_key.setdefault(key, Profile(key))
            self.of_agent[agent.agent_id] = profile
            self.capacity_of[agent.agent_id] = _capacity_of(agent, theirs)
            self.members.setdefault(profile, []).append(agent.agent_id)


def _key_of(
    agent: AgentConfiguration, groups: list[AgentGroup], routing: dict[str, RoutingProfile]
) -> ProfileKey:
    ranks, weights = _queues_of(agent, groups, routing)
    skills: dict[str, int] = {}
    for group in groups:
        for skill, level in group.skills.items():
            skills[skill] = max(level, skills.get(skill, 0))
    # What an agent states itself wins, also downwards.
    skills.update(agent.skills)
    stated = (one.channels for one in _sources(agent, groups) if one.channels is not None)
    channels = next(stated, None)
    return ProfileKey(
        ranks=tuple(sorted(ranks.items())),
        weights=tuple(sorted(weights.items())),
        skills=tuple(sorted(skills.items())),
        groups=tuple(sorted(agent.groups)),
        channels=tuple(sorted(channels.items())) if channels is not None else None,
    )


def _queues_of(
    agent: AgentConfiguration, groups: list[AgentGroup], routing: dict[str, RoutingProfile]
) -> tuple[dict[str, int], dict[str, int]]:
    if agent.queues or agent.weights:
        return agent.queues, agent.weights
    for one in _sources(agent, groups):
        if one.routing_profile is not None:
            profile = routing[one.routing_profile]
            return profile.queues, profile.weights
    return {}, {}


def _sources(
    agent: AgentConfiguration, groups: list[AgentGroup]
) -> list[AgentConfiguration | AgentGroup]:
    """Where to look for what an agent has, first to last."""
    return [agent, *groups]


def _capacity_of(agent: AgentConfiguration, groups: list[AgentGroup]) -> int:
    for one in _sources(agent, groups):
        if one.capacity_units is not None:
            return one.capacity_units
    return CAPACITY_UNITS_DEFAULT
