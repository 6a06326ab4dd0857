"""Agents, alone and configured together: what they can, what they serve, what they carry."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.document import Document, Rank, Skills
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
    name: ShortText = ""
    queues: Ranks = Field(default_factory=dict)
    weights: Weights = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ranks_or_weights(self) -> Self:
        if self.queues and self.weights:
            raise ValueError("queues have either ranks (queues) or weights, never both")
        return self


class AgentGroup(Document):
    """Agents configured together. What an agent states itself wins over its groups."""

    agent_group_id: Name
    name: ShortText = ""
    skills: Skills = Field(default_factory=dict)
    routing_profile: Name | None = None
    channels: ChannelLimits | None = None
    capacity_units: Capacity | None = None


class AgentConfiguration(Document):
    """A person: `skills` by proficiency 1-5, `queues` by rank (1 is served first) or `weights`.

    `channels` names the channels that the agent takes, each with the most conversations of it at
    once; without it the agent takes every channel. Units are shared by all queues and channels.
    Where a field is left out, the first of the agent's groups that has it decides; skills of all
    groups count, the highest level of each.
    """

    agent_id: Name
    name: ShortText = ""
    groups: tuple[Name, ...] = Field(default=(), max_length=16)
    skills: Skills = Field(default_factory=dict)
    routing_profile: Name | None = None
    queues: Ranks = Field(default_factory=dict)
    weights: Weights = Field(default_factory=dict)
    channels: ChannelLimits | None = None
    capacity_units: Capacity | None = None

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
            raise ValueError(f"an agent's queues come from one of: {', '.join(said)}")
        return self
