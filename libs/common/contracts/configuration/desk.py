"""A desk's whole configuration: one document, validated whole, applied as one event."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.agents import (
    AgentConfiguration,
    AgentGroup,
    RoutingProfile,
)
from libs.common.contracts.configuration.calendars import CALENDARS_MAX, Calendar, ShiftEnd
from libs.common.contracts.configuration.document import Document, Seconds, Units, contradiction
from libs.common.contracts.configuration.escalations import (
    ESCALATION_POLICIES_MAX,
    EscalationPolicy,
)
from libs.common.contracts.configuration.on_call import (
    CONTACTS_MAX,
    ROTATIONS_MAX,
    Contact,
    Rotation,
)
from libs.common.contracts.configuration.promises import SLA_POLICIES_MAX, SlaPolicy
from libs.common.contracts.configuration.queues import QueueConfiguration, ReopenSeconds
from libs.common.contracts.configuration.references import References
from libs.common.contracts.configuration.routes import Route, RoutingRule
from libs.common.contracts.terms import Name

Weight = Annotated[int, Field(ge=1, le=100)]


class ChannelPolicy(Document):
    """What one conversation of a channel costs an agent."""

    weight: Weight = 1
    """Units of an agent's capacity."""
    exclusive: bool = False
    """Whether it needs an agent without other work and keeps other work away (a call)."""
    compatible_with: tuple[Name, ...] = Field(default=(), max_length=32)
    """Channels that it bears beside it all the same."""


class DeskPolicies(Document):
    """What holds for the whole desk."""

    max_credit_s: Annotated[int, Field(ge=0, le=86_400)] = 3_600
    """The most head start that anything can have, in seconds."""
    take_back_after_s: Seconds = 60
    """An agent is unreachable: after so many seconds what they owe an answer goes to others."""
    unanswered_take_back_after_s: Seconds | None = None
    """The same for an agent who is there and does not answer. Left out: never."""
    refusal_forgotten_after_s: Seconds = 120
    """After so many seconds an agent who refused an item may be asked again."""
    ring_no_answer_max: Annotated[int, Field(ge=1, le=100)] = 3
    """So many offers in a row without an answer set an agent away."""
    owner_hold_s: Seconds = 30
    """For so many seconds what came back, or was transferred to an agent, is kept for that
    agent.
    """
    parked_weight: Units = 0
    """Units that a conversation costs while it waits for its customer."""
    participant_weight: Units = 1
    """Units that a consultant or conferee gives."""
    capacity_patience_s: Seconds = 60
    """After so many seconds an agent is kept free for what needs more room than anybody has."""
    promote_after_s: Seconds = 900
    """After so many seconds an item joins the next class; after as long again it goes first in
    it.
    """
    last_agent_remembered_s: Annotated[int, Field(ge=1, le=31_536_000)] = 7 * 86_400
    """For how long a customer's last agent is known, in seconds."""
    reopen_within_s: ReopenSeconds = 0
    """A customer who writes within so many seconds after the end of a conversation goes on with it.
    0: never, it begins anew.
    """
    shift_end: ShiftEnd = ShiftEnd()
    """What happens when agents' shifts end, where their group does not say it."""


class DeskConfiguration(Document):
    """Queues, skills, agents, rules and policies of one desk.

    Raises ValidationError, naming the field, when any part names something that is not there.
    """

    skills: tuple[Name, ...] = Field(default=(), max_length=500)
    """The abilities that there are; nothing else may be asked for."""
    calendars: tuple[Calendar, ...] = Field(default=(), max_length=CALENDARS_MAX)
    """The hours that queues and shifts go by."""
    sla_policies: tuple[SlaPolicy, ...] = Field(default=(), max_length=SLA_POLICIES_MAX)
    """What is promised, to whom: the first policy that holds decides."""
    escalation_policies: tuple[EscalationPolicy, ...] = Field(
        default=(), max_length=ESCALATION_POLICIES_MAX
    )
    """What is done, and who is told, when something is in trouble for long."""
    contacts: tuple[Contact, ...] = Field(default=(), max_length=CONTACTS_MAX)
    """Who can be told over mail, chat and pager."""
    rotations: tuple[Rotation, ...] = Field(default=(), max_length=ROTATIONS_MAX)
    """Who is on call when."""
    queues: tuple[QueueConfiguration, ...] = Field(min_length=1, max_length=500)
    """The waiting lines."""
    routing_profiles: tuple[RoutingProfile, ...] = Field(default=(), max_length=1_000)
    """Which queues to serve, for many agents at once."""
    agent_groups: tuple[AgentGroup, ...] = Field(default=(), max_length=500)
    """Agents who have much in common."""
    agents: tuple[AgentConfiguration, ...] = Field(default=(), max_length=10_000)
    """The people."""
    rules: tuple[RoutingRule, ...] = Field(default=(), max_length=1_000)
    """Where each conversation goes: the first rule that holds decides."""
    default: Route
    """Where it goes when no rule holds."""
    channels: dict[Name, ChannelPolicy] = Field(default_factory=dict, max_length=32)
    """What a conversation costs, by channel; one that is not named weighs 1."""
    capacity_weights: dict[Name, Weight] = Field(default_factory=dict, max_length=32)
    """The short form for channels that only have a weight."""
    migrate_to: dict[Name, Name] = Field(default_factory=dict, max_length=500)
    """For queues that this version no longer has: where their open work goes."""
    policies: DeskPolicies = DeskPolicies()
    """Times and weights of the whole desk."""

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        mistakes = References(
            skills=self.skills,
            calendars=self.calendars,
            sla_policies=self.sla_policies,
            escalation_policies=self.escalation_policies,
            contacts=self.contacts,
            rotations=self.rotations,
            queues=self.queues,
            profiles=self.routing_profiles,
            groups=self.agent_groups,
            agents=self.agents,
            rules=self.rules,
            default=self.default,
            migrate_to=self.migrate_to,
        ).mistakes()
        if mistakes:
            raise contradiction(mistakes)
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
