"""Every name that a configuration mentions must be configured, and only once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libs.common.contracts.configuration.agents import (
    AgentConfiguration,
    AgentGroup,
    RoutingProfile,
)
from libs.common.contracts.configuration.queues import QueueConfiguration
from libs.common.contracts.configuration.routes import Route, RoutingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """All parts of one document that name each other. Places are named by ids, not by numbers."""

    skills: Sequence[str]
    queues: Sequence[QueueConfiguration]
    profiles: Sequence[RoutingProfile]
    groups: Sequence[AgentGroup]
    agents: Sequence[AgentConfiguration]
    rules: Sequence[RoutingRule]
    default: Route
    migrate_to: dict[str, str]

    def check(self) -> None:
        """Raise ValueError that names the place, where a name is unknown or given twice."""
        skills = _distinct("skills", self.skills)
        queues = _distinct("queues", [queue.queue_id for queue in self.queues])
        groups = _distinct("agent_groups", [group.agent_group_id for group in self.groups])
        profiles = _distinct(
            "routing_profiles", [profile.routing_profile_id for profile in self.profiles]
        )
        _distinct("agents", [agent.agent_id for agent in self.agents])
        _distinct("rules", [rule.rule_id for rule in self.rules])
        for queue in self.queues:
            _check_queue(queue, skills=skills, queues=queues, groups=groups)
        for profile in self.profiles:
            place = f"routing_profiles.{profile.routing_profile_id}"
            _known(f"{place}.queues", profile.queues, queues)
            _known(f"{place}.weights", profile.weights, queues)
        self._check_people(skills=skills, queues=queues, groups=groups, profiles=profiles)
        self._check_routes(skills=skills, queues=queues)

    def _check_people(
        self,
        *,
        skills: frozenset[str],
        queues: frozenset[str],
        groups: frozenset[str],
        profiles: frozenset[str],
    ) -> None:
        for group in self.groups:
            place = f"agent_groups.{group.agent_group_id}"
            _known(f"{place}.skills", group.skills, skills)
            _known(f"{place}.routing_profile", _some(group.routing_profile), profiles)
        for agent in self.agents:
            place = f"agents.{agent.agent_id}"
            _known(f"{place}.groups", agent.groups, groups)
            _known(f"{place}.skills", agent.skills, skills)
            _known(f"{place}.queues", agent.queues, queues)
            _known(f"{place}.weights", agent.weights, queues)
            _known(f"{place}.routing_profile", _some(agent.routing_profile), profiles)

    def _check_routes(self, *, skills: frozenset[str], queues: frozenset[str]) -> None:
        routes = [(f"rules.{rule.rule_id}.then", rule.then) for rule in self.rules]
        for place, route in [*routes, ("default", self.default)]:
            _known(f"{place}.queue", [route.queue], queues)
            _known(f"{place}.requires", route.requires, skills)
            _known(f"{place}.prefers", route.prefers, skills)
        _known("migrate_to", self.migrate_to.values(), queues)


def _check_queue(
    queue: QueueConfiguration,
    *,
    skills: frozenset[str],
    queues: frozenset[str],
    groups: frozenset[str],
) -> None:
    place = f"queues.{queue.queue_id}"
    _known(f"{place}.requires", queue.requires, skills)
    _known(f"{place}.prefers", queue.prefers, skills)
    if queue.overflow is not None:
        _known(f"{place}.overflow.to", [queue.overflow.to], queues - {queue.queue_id})
    for step in queue.steps:
        _known(f"{place}.steps", [*step.lower, *step.drop], skills)
        _known(f"{place}.steps", [*step.widen_to_queues, *_some(step.move_to)], queues)
        _known(f"{place}.steps", step.widen_to_groups, groups)


def _some(name: str | None) -> list[str]:
    return [name] if name is not None else []


def _distinct(place: str, names: Sequence[str]) -> frozenset[str]:
    found = frozenset(names)
    if len(found) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{place}: named twice: {', '.join(twice)}")
    return found


def _known(place: str, names: Iterable[str], known: frozenset[str]) -> None:
    missing = sorted(set(names) - known)
    if missing:
        raise ValueError(f"{place}: not configured: {', '.join(missing)}")
