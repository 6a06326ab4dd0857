"""A desk's whole configuration: one document, validated whole, applied as one event."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.common.contracts.terms import Name, OfferMode, Role, ShortText

Proficiency = Annotated[int, Field(ge=1, le=5)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Units = Annotated[int, Field(ge=0, le=100)]


class Document(BaseModel):
    """A part of the configuration: immutable, and unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OfferPolicy(Document):
    """How a queue offers work, and for how long an agent may think."""

    mode: OfferMode = OfferMode.RING
    timeout_s: Seconds = 20


class EscalationPolicy(Document):
    """Alert these roles when an item has waited longer than `after_s`."""

    after_s: Seconds
    notify_roles: tuple[Role, ...] = Field(default=(Role.SUPERVISOR,), min_length=1, max_length=4)


class QueueConfiguration(Document):
    """A waiting line. `wrap_up_s` of 0 means no wrap-up."""

    queue_id: Name
    name: ShortText = ""
    requires: dict[Name, Proficiency] = Field(default_factory=dict, max_length=16)
    offer: OfferPolicy = OfferPolicy()
    wrap_up_s: Annotated[int, Field(ge=0, le=3_600)] = 0
    escalation: EscalationPolicy | None = None


class AgentConfiguration(Document):
    """A person: `skills` by proficiency 1-5, `queues` by rank (1 is served first)."""

    agent_id: Name
    name: ShortText = ""
    skills: dict[Name, Proficiency] = Field(default_factory=dict, max_length=64)
    queues: dict[Name, Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=dict, max_length=64
    )
    # At most 50: what one agent's leaving causes must fit into one record (R2).
    capacity_units: Annotated[int, Field(ge=0, le=50)] = 6


class Conditions(Document):
    """All that are named must hold; each holds when the message has one of its values."""

    channel: tuple[Name, ...] = Field(default=(), max_length=32)
    endpoint: tuple[Name, ...] = Field(default=(), max_length=256)
    language: tuple[Name, ...] = Field(default=(), max_length=64)
    labels: dict[Name, tuple[ShortText, ...]] = Field(default_factory=dict, max_length=16)


class Route(Document):
    """Where a conversation goes, what it needs beyond its queue, and its head start.

    `credit_s` counts as time already waited; a lower `strict_class` always goes first.
    """

    queue: Name
    requires: dict[Name, Proficiency] = Field(default_factory=dict, max_length=16)
    credit_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    strict_class: Annotated[int, Field(ge=0, le=9)] = 5


class RoutingRule(Document):
    """The first rule whose conditions hold decides the route."""

    rule_id: Name
    when: Conditions
    then: Route


class DeskPolicies(Document):
    """What holds for the whole desk. Times in seconds, capacity in units."""

    max_credit_s: Annotated[int, Field(ge=0, le=86_400)] = 3_600
    take_back_after_s: Seconds = 60
    refusal_forgotten_after_s: Seconds = 120
    ring_no_answer_max: Annotated[int, Field(ge=1, le=100)] = 3
    owner_hold_s: Seconds = 30
    parked_weight: Units = 0


class DeskConfiguration(Document):
    """Queues, skills, agents, rules and policies of one desk.

    Raises ValidationError, naming the field, when any part names something that is not there.
    """

    skills: tuple[Name, ...] = Field(default=(), max_length=500)
    queues: tuple[QueueConfiguration, ...] = Field(min_length=1, max_length=500)
    agents: tuple[AgentConfiguration, ...] = Field(default=(), max_length=10_000)
    rules: tuple[RoutingRule, ...] = Field(default=(), max_length=1_000)
    default: Route
    capacity_weights: dict[Name, Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=dict, max_length=32
    )
    migrate_to: dict[Name, Name] = Field(default_factory=dict, max_length=500)
    policies: DeskPolicies = DeskPolicies()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        skills = _distinct("skills", self.skills)
        queues = _distinct("queues", [queue.queue_id for queue in self.queues])
        _distinct("agents", [agent.agent_id for agent in self.agents])
        _distinct("rules", [rule.rule_id for rule in self.rules])
        for queue in self.queues:
            _known(f"queues.{queue.queue_id}.requires", queue.requires, skills)
        for agent in self.agents:
            _known(f"agents.{agent.agent_id}.skills", agent.skills, skills)
            _known(f"agents.{agent.agent_id}.queues", agent.queues, queues)
        routes = [(f"rules.{rule.rule_id}.then", rule.then) for rule in self.rules]
        for place, route in [*routes, ("default", self.default)]:
            _known(f"{place}.queue", [route.queue], queues)
            _known(f"{place}.requires", route.requires, skills)
        _known("migrate_to", self.migrate_to.values(), queues)
        return self

    def weight_of(self, channel: str) -> int:
        """The capacity units that one conversation of this channel costs; 1 where none is named."""
        return self.capacity_weights.get(channel, 1)


def _distinct(place: str, names: list[str] | tuple[str, ...]) -> frozenset[str]:
    found = frozenset(names)
    if len(found) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{place}: named twice: {', '.join(twice)}")
    return found


def _known(place: str, names: object, known: frozenset[str]) -> None:
    missing = sorted(set(names) - known)  # type: ignore[call-overload]  # any iterable of names
    if missing:
        raise ValueError(f"{place}: not configured: {', '.join(missing)}")
