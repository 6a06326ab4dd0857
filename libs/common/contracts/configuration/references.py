"""Every name that a configuration mentions must be configured, and only once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from libs.common.contracts.configuration.agents import (
    AgentConfiguration,
    AgentGroup,
    RoutingProfile,
)
from libs.common.contracts.configuration.calendars import Calendar
from libs.common.contracts.configuration.document import Mistake, Path
from libs.common.contracts.configuration.escalations import EscalationActions, EscalationPolicy
from libs.common.contracts.configuration.on_call import Contact, Rotation
from libs.common.contracts.configuration.promises import SlaPolicy
from libs.common.contracts.configuration.queues import OverflowPolicy, QueueConfiguration, Step
from libs.common.contracts.configuration.routes import Route, RoutingRule

Known = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """All parts of one document that name each other."""

    skills: Sequence[str]
    calendars: Sequence[Calendar]
    sla_policies: Sequence[SlaPolicy]
    escalation_policies: Sequence[EscalationPolicy]
    contacts: Sequence[Contact]
    rotations: Sequence[Rotation]
    queues: Sequence[QueueConfiguration]
    profiles: Sequence[RoutingProfile]
    groups: Sequence[AgentGroup]
    agents: Sequence[AgentConfiguration]
    rules: Sequence[RoutingRule]
    default: Route
    migrate_to: Mapping[str, str]

    def mistakes(self) -> list[Mistake]:
        """Every name that is unknown or given twice, by its place in the document."""
        return [*self._twice(), *_Names(self).unknown()]

    def _twice(self) -> Iterator[Mistake]:
        named = (
            ("skills", "", self.skills),
            ("calendars", "calendar_id", [one.calendar_id for one in self.calendars]),
            ("sla_policies", "sla_policy_id", [one.sla_policy_id for one in self.sla_policies]),
            (
                "escalation_policies",
                "escalation_policy_id",
                [one.escalation_policy_id for one in self.escalation_policies],
            ),
            ("contacts", "contact_id", [one.contact_id for one in self.contacts]),
            ("rotations", "rotation_id", [one.rotation_id for one in self.rotations]),
            ("queues", "queue_id", [one.queue_id for one in self.queues]),
            (
                "routing_profiles",
                "routing_profile_id",
                [one.routing_profile_id for one in self.profiles],
            ),
            ("agent_groups", "agent_group_id", [one.agent_group_id for one in self.groups]),
            ("agents", "agent_id", [one.agent_id for one in self.agents]),
            ("rules", "rule_id", [one.rule_id for one in self.rules]),
        )
        for section, field, names in named:
            seen: set[str] = set()
            for index, name in enumerate(names):
                if name in seen:
                    path: Path = (section, index, field) if field else (section, index)
                    yield Mistake(path, f"named twice: {name}")
                seen.add(name)


class _Names:
    """What is configured, and what asks for something that is not."""

    def __init__(self, document: References) -> None:
        self._document = document
        self._skills = frozenset(document.skills)
        self._calendars = frozenset(one.calendar_id for one in document.calendars)
        self._queues = frozenset(one.queue_id for one in document.queues)
        self._profiles = frozenset(one.routing_profile_id for one in document.profiles)
        self._escalations = frozenset(
            one.escalation_policy_id for one in document.escalation_policies
        )
        self._groups = frozenset(one.agent_group_id for one in document.groups)
        self._contacts = frozenset(one.contact_id for one in document.contacts)
        self._told = self._contacts.union(one.rotation_id for one in document.rotations)

    def unknown(self) -> Iterator[Mistake]:
        """In the order in which the document is read."""
        yield from self._of_promises()
        yield from self._of_on_call()
        for index, queue in enumerate(self._document.queues):
            yield from self._of_queue(("queues", index), queue)
        for index, profile in enumerate(self._document.profiles):
            path: Path = ("routing_profiles", index)
            yield from _unknown((*path, "queues"), profile.queues, self._queues)
            yield from _unknown((*path, "weights"), profile.weights, self._queues)
        for index, group in enumerate(self._document.groups):
            path = ("agent_groups", index)
            yield from _unknown((*path, "skills"), group.skills, self._skills)
            profile_id = group.routing_profile
            yield from _unknown_if_any((*path, "routing_profile"), profile_id, self._profiles)
            yield from _unknown_if_any((*path, "shift"), group.shift, self._calendars)
        for index, agent in enumerate(self._document.agents):
            yield from self._of_agent(("agents", index), agent)
        for index, rule in enumerate(self._document.rules):
            yield from self._of_route(("rules", index, "then"), rule.then)
        yield from self._of_route(("default",), self._document.default)
        for removed, queue_id in self._document.migrate_to.items():
            yield from _unknown_one(("migrate_to", removed), queue_id, self._queues)

    def _of_promises(self) -> Iterator[Mistake]:
        for index, policy in enumerate(self._document.sla_policies):
            path: Path = ("sla_policies", index)
            yield from _unknown_if_any((*path, "calendar"), policy.calendar, self._calendars)
            yield from _unknown((*path, "when", "queue"), policy.when.queue, self._queues)
            escalation = policy.escalation
            yield from _unknown_if_any((*path, "escalation"), escalation, self._escalations)
        for index, escalation_policy in enumerate(self._document.escalation_policies):
            for number, level in enumerate(escalation_policy.levels):
                path = ("escalation_policies", index, "levels", number, "actions")
                yield from self._of_step(path, level.actions)
                told = level.actions.notify.to if level.actions.notify is not None else ()
                yield from _unknown((*path, "notify", "to"), told, self._told)

    def _of_on_call(self) -> Iterator[Mistake]:
        for index, contact in enumerate(self._document.contacts):
            path: Path = ("contacts", index, "quiet_outside")
            yield from _unknown_if_any(path, contact.quiet_outside, self._calendars)
        for index, rotation in enumerate(self._document.rotations):
            path = ("rotations", index)
            yield from _unknown((*path, "members"), rotation.members, self._contacts)
            for number, override in enumerate(rotation.overrides):
                at = (*path, "overrides", number, "contact")
                yield from _unknown_one(at, override.contact, self._contacts)

    def _of_queue(self, path: Path, queue: QueueConfiguration) -> Iterator[Mistake]:
        yield from _unknown((*path, "requires"), queue.requires, self._skills)
        yield from _unknown((*path, "prefers"), queue.prefers, self._skills)
        for index, step in enumerate(queue.steps):
            yield from self._of_step((*path, "steps", index), step)
        if queue.overflow is not None:
            yield from self._of_overflow((*path, "overflow", "to"), queue, queue.overflow)
        yield from _unknown_if_any((*path, "calendar"), queue.calendar, self._calendars)
        escalation = queue.escalation_policy
        yield from _unknown_if_any((*path, "escalation_policy"), escalation, self._escalations)
        moved_to = queue.out_of_hours.queue
        yield from _unknown_if_any((*path, "out_of_hours", "queue"), moved_to, self._queues)

    def _of_overflow(
        self, path: Path, queue: QueueConfiguration, overflow: OverflowPolicy
    ) -> Iterator[Mistake]:
        if overflow.to == queue.queue_id:
            yield Mistake(path, "a queue can't overflow to itself")
        yield from _unknown_one(path, overflow.to, self._queues)

    def _of_step(self, path: Path, step: Step | EscalationActions) -> Iterator[Mistake]:
        yield from _unknown((*path, "lower"), step.lower, self._skills)
        yield from _unknown((*path, "drop"), step.drop, self._skills)
        yield from _unknown((*path, "widen_to_queues"), step.widen_to_queues, self._queues)
        yield from _unknown((*path, "widen_to_groups"), step.widen_to_groups, self._groups)
        yield from _unknown_if_any((*path, "move_to"), step.move_to, self._queues)

    def _of_agent(self, path: Path, agent: AgentConfiguration) -> Iterator[Mistake]:
        yield from _unknown((*path, "groups"), agent.groups, self._groups)
        yield from _unknown((*path, "skills"), agent.skills, self._skills)
        yield from _unknown_if_any(
            (*path, "routing_profile"), agent.routing_profile, self._profiles
        )
        yield from _unknown((*path, "queues"), agent.queues, self._queues)
        yield from _unknown((*path, "weights"), agent.weights, self._queues)
        yield from _unknown_if_any((*path, "shift"), agent.shift, self._calendars)

    def _of_route(self, path: Path, route: Route) -> Iterator[Mistake]:
        yield from _unknown_one((*path, "queue"), route.queue, self._queues)
        yield from _unknown((*path, "requires"), route.requires, self._skills)
        yield from _unknown((*path, "prefers"), route.prefers, self._skills)


def _unknown(path: Path, names: Iterable[str], known: Known) -> Iterator[Mistake]:
    """A mapping's names are its keys, a list's have indexes."""
    if isinstance(names, Mapping):
        for name in names:
            yield from _unknown_one((*path, name), name, known)
    else:
        for index, name in enumerate(names):
            yield from _unknown_one((*path, index), name, known)


def _unknown_if_any(path: Path, name: str | None, known: Known) -> Iterator[Mistake]:
    if name is not None:
        yield from _unknown_one(path, name, known)


def _unknown_one(path: Path, name: str, known: Known) -> Iterator[Mistake]:
    if name not in known:
        yield Mistake(path, f"not configured: {name}")
