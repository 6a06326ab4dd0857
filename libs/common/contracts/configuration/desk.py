"""A desk's whole configuration: one document, validated whole, applied as one event."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.agents import (
    AgentConfiguration,
    AgentGroup,
    RoutingProfile,
)
from libs.common.contracts.configuration.document import Document, Seconds, Units
from libs.common.contracts.configuration.queues import QueueConfiguration
from libs.common.contracts.configuration.references import References
from libs.common.contracts.configuration.routes import Route, RoutingRule
from libs.common.contracts.terms import Name

Weight = Annotated[int, Field(ge=1, le=100)]


class ChannelPolicy(Document):
    """What one conversation of a channel costs an agent.

    An `exclusive` one (a call) needs an agent without other work and blocks other work while it
    lasts, apart from channels in `compatible_with`.
    """

    weight: Weight = 1
    exclusive: bool = False
    compatible_with: tuple[Name, ...] = Field(default=(), max_length=32)


class DeskPolicies(Document):
    """What holds for the whole desk. Times in seconds, capacity in units."""

    max_credit_s: Annotated[int, Field(ge=0, le=86_400)] = 3_600
    take_back_after_s: Seconds = 60
    unanswered_take_back_after_s: Seconds | None = None
    refusal_forgotten_after_s: Seconds = 120
    ring_no_answer_max: Annotated[int, Field(ge=1, le=100)] = 3
    owner_hold_s: Seconds = 30
    parked_weight: Units = 0
    participant_weight: Units = 1
    capacity_patience_s: Seconds = 60
    promote_after_s: Seconds = 900
    last_agent_remembered_s: Annotated[int, Field(ge=1, le=31_536_000)] = 7 * 86_400


class DeskConfiguration(Document):
    """Queues, skills, agents, rules and policies of one desk.

    Raises ValidationError, naming the field, when any part names something that is not there.
    """

    skills: tuple[Name, ...] = Field(default=(), max_length=500)
    queues: tuple[QueueConfiguration, ...] = Field(min_length=1, max_length=500)
    routing_profiles: tuple[RoutingProfile, ...] = Field(default=(), max_length=1_000)
    agent_groups: tuple[AgentGroup, ...] = Field(default=(), max_length=500)
    agents: tuple[AgentConfiguration, ...] = Field(default=(), max_length=10_000)
    rules: tuple[RoutingRule, ...] = Field(default=(), max_length=1_000)
    default: Route
    channels: dict[Name, ChannelPolicy] = Field(default_factory=dict, max_length=32)
    capacity_weights: dict[Name, Weight] = Field(default_factory=dict, max_length=32)
    migrate_to: dict[Name, Name] = Field(default_factory=dict, max_length=500)
    policies: DeskPolicies = DeskPolicies()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        References(
            skills=self.skills,
            queues=self.queues,
            profiles=self.routing_profiles,
            groups=self.agent_groups,
            agents=self.agents,
            rules=self.rules,
            default=self.default,
            migrate_to=self.migrate_to,
        ).check()
        return self

    def channel(self, channel: str) -> ChannelPolicy:
        """What a conversation of this channel costs; `capacity_weights` is the short form."""
        found = self.channels.get(channel)
        if found is not None:
            return found
        return ChannelPolicy(weight=self.capacity_weights.get(channel, 1))

    def weight_of(self, channel: str) -> int:
        """The capacity units that one conversation of this channel costs; 1 where none is named."""
        return self.channel(channel).weight

    def routes(self) -> Iterator[tuple[str, Route]]:
        """Every route with its place in the document."""
        for rule in self.rules:
            yield f"rules.{rule.rule_id}.then", rule.then
        yield "default", self.default
