"""Agents, alone and configured together: what they can, what they serve, what they carry."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.calendars import ShiftEnd
from libs.common.contracts.configuration.document import (
    Document,
    Mistake,
    Rank,
    Skills,
    contradiction,
)
from libs.common.contracts.terms import Name, ShortText

# At most 50: what one agent's leaving causes must fit into one record (R2).
CAPACITY_UNITS_MAX = 50
CAPACITY_UNITS_DEFAULT = 6
Capacity = Annotated[int, Field(ge=0, le=CAPACITY_UNITS_MAX)]
Ranks = Annotated[dict[Name, Rank], Field(max_length=64)]
Weights = Annotated[dict[Name, Annotated[int, Field(ge=1, le=100)]], Field(max_length=64)]
ChannelLimits = Annotated[dict[Name, Capacity], Field(max_length=32)]


class RoutingProfile(Document):
    """The queues that an agent serves: by rank (1 is served first) or by weight, never both."""

    routing_profile_id: Name
    """How agents and groups name it."""
    name: ShortText = ""
    """For people."""
    queues: Ranks = Field(default_factory=dict)
    """The queues that are served, by rank: 1 is served first, within a strict class."""
    weights: Weights = Field(default_factory=dict)
    """The queues that are served, by weight: in turns, as often as their weights say."""

    @model_validator(mode="after")
    def _ranks_or_weights(self) -> Self:
        if self.queues and self.weights:
            problem = "queues have either ranks (queues) or weights, never both"
            raise contradiction([Mistake(("weights",), problem)])
        return self


class AgentGroup(Document):
    """Agents configured together. What an agent states itself wins over its groups."""

    agent_group_id: Name
    """How agents and steps name it."""
    name: ShortText = ""
    """For people."""
    skills: Skills = Field(default_factory=dict)
    """Abilities by level, 1 to 5."""
    routing_profile: Name | None = None
    """Which queues its agents serve."""
    channels: ChannelLimits | None = None
    """The channels that are taken, each with the most conversations of it at once. Left out:
    all.
    """
    capacity_units: Capacity | None = None
    """How many units of work at once, over all queues and channels. 0: nothing."""
    shift: Name | None = None
    """The calendar of its agents' shifts."""
    shift_end: ShiftEnd | None = None
    """What happens when its agents' shifts end. Left out: what the desk's policies say."""


class AgentConfiguration(Document):
    """A person who answers. Queues come from one of `queues`, `weights`, `routing_profile`.

    Where a field is left out, the first of the agent's groups that has it decides.
    """

    agent_id: Name
    """The subject of the agent's credential."""
    name: ShortText = ""
    """For people."""
    groups: tuple[Name, ...] = Field(default=(), max_length=16)
    """Groups, the first that has a field decides it; skills of all count, the highest level of
    each.
    """
    skills: Skills = Field(default_factory=dict)
    """Abilities by level, 1 to 5; a level that is stated here wins over the groups'."""
    routing_profile: Name | None = None
    """Which queues the agent serves, in a profile's words."""
    queues: Ranks = Field(default_factory=dict)
    """The queues that are served, by rank: 1 is served first, within a strict class."""
    weights: Weights = Field(default_factory=dict)
    """The queues that are served, by weight: in turns, as often as their weights say."""
    channels: ChannelLimits | None = None
    """The channels that are taken, each with the most conversations of it at once. Left out:
    all.
    """
    capacity_units: Capacity | None = None
    """How many units of work at once, over all queues and channels. 0: nothing. Left out
    everywhere: 6.
    """
    shift: Name | None = None
    """The calendar of the agent's shifts. Left out everywhere: on shift at any time."""

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        said = [
            name
            for name, value in (
                ("queues", self.queues),
                ("weights", self.weights),
                ("routing_profile", self.routing_profile),
            )
            if value
        ]
        if len(said) > 1:
            problem = f"an agent's queues come from one of: {', '.join(said)}"
            raise contradiction([Mistake((said[-1],), problem)])
        return self
