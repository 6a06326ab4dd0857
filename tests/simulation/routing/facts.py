"""What is so, counted by hand: whom an item is for, what an agent carries, who has room.

Written without a look at the engine's lines, benches and kinds: every question is answered by
going through all agents and all items.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from libs.common.contracts.configuration import AgentConfiguration, AgentGroup, DeskConfiguration
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Desk, QueuePace, WorkItem
from services.router.core.state import PartitionState

DeskKey = tuple[str, str]
CAPACITY_WHERE_NONE_IS_NAMED = 6


@dataclass(frozen=True, slots=True)
class Person:
    """An agent as configured, groups and profiles resolved."""

    agent_id: str
    ranks: dict[str, int]
    weights: dict[str, int]
    skills: dict[str, int]
    groups: tuple[str, ...]
    channels: dict[str, int] | None
    capacity: int

    @property
    def queues(self) -> set[str]:
        """The queues that the agent serves."""
        return {*self.ranks, *self.weights}


def people_of(desk: DeskConfiguration) -> dict[str, Person]:
    """Everybody who is configured."""
    return {agent.agent_id: _person(desk, agent) for agent in desk.agents}


def _person(desk: DeskConfiguration, agent: AgentConfiguration) -> Person:
    by_name = {group.agent_group_id: group for group in desk.agent_groups}
    sources: list[AgentConfiguration | AgentGroup] = [agent]
    sources += [by_name[name] for name in agent.groups]
    skills: dict[str, int] = {}
    for group in sources[1:]:
        skills |= {
            skill: level for skill, level in group.skills.items() if level > skills.get(skill, 0)
        }
    ranks, weights = agent.queues, agent.weights
    named = [one.routing_profile for one in sources if one.routing_profile]
    if not ranks and not weights and named:
        profile = next(p for p in desk.routing_profiles if p.routing_profile_id == named[0])
        ranks, weights = profile.queues, profile.weights
    channels = [one.channels for one in sources if one.channels is not None]
    units = [one.capacity_units for one in sources if one.capacity_units is not None]
    return Person(
        agent.agent_id,
        ranks,
        weights,
        {**skills, **agent.skills},
        agent.groups,
        channels[0] if channels else None,
        units[0] if units else CAPACITY_WHERE_NONE_IS_NAMED,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """What one item costs one agent."""

    agent_id: str
    work_item_id: str
    units: int
    channel: str


def shares_of(item: WorkItem, parked_units: int) -> Iterator[Share]:
    """What the item costs whom, by its state alone (R17, R19)."""
    for agent_id, (_, weight) in item.participants.items():
        yield Share(agent_id, item.work_item_id, weight, item.channel)
    if item.state is S.RESERVED:
        for agent_id, _ in item.offered:
            yield Share(agent_id, item.work_item_id, item.weight, item.channel)
    elif item.agent_id is not None:
        is_parked = item.state in (S.PARKED, S.HELD)
        units = parked_units if is_parked else item.weight
        yield Share(item.agent_id, item.work_item_id, units, item.channel)


class Floor:
    """One desk at one moment."""

    def __init__(
        self,
        state: PartitionState,
        key: DeskKey,
        people: dict[str, Person],
        parked_units: dict[str, int],
    ) -> None:
        self.state = state
        self.key = key
        self.desk = state.need(Desk, *key)
        self.people = people
        self.items = [item for item in state.work_items() if (item.tenant_id, item.desk_id) == key]
        self._shares: dict[str, list[Share]] = {}
        for item in self.items:
            for share in shares_of(item, parked_units.get(item.work_item_id, 0)):
                self._shares.setdefault(share.agent_id, []).append(share)

    @property
    def configuration(self) -> DeskConfiguration:
        """The version in force."""
        return self.desk.configuration

    def agent(self, agent_id: str) -> Agent:
        """The agent's entity."""
        return self.state.need(Agent, *self.key, agent_id)

    def present(self) -> list[Person]:
        """Who is configured and can be asked at all."""
        return [person for person in self.people.values() if self.agent(person.agent_id).is_present]

    def shares(self, agent_id: str) -> list[Share]:
        """What the agent carries."""
        return self._shares.get(agent_id, [])

    def load(self, agent_id: str) -> int:
        """The agent's load in units."""
        return sum(share.units for share in self.shares(agent_id))

    def has_room(
        self, person: Person, channel: str, weight: int, *, without: str | None = None
    ) -> bool:
        """Units, channel room and exclusivity (R17, R18), one item's own share left out."""
        shares = [one for one in self.shares(person.agent_id) if one.work_item_id != without]
        return self.would_fit(person, channel, weight, shares)

    def would_fit(self, person: Person, channel: str, weight: int, shares: list[Share]) -> bool:
        """The same beside these shares."""
        if sum(share.units for share in shares) + weight > person.capacity:
            return False
        busy = Counter(share.channel for share in shares if share.units)
        if person.channels is not None and busy[channel] >= person.channels.get(channel, 0):
            return False
        mine = self.configuration.channel(channel)
        for other in busy:
            theirs = self.configuration.channel(other)
            if mine.exclusive and other not in mine.compatible_with:
                return False
            if theirs.exclusive and channel not in theirs.compatible_with:
                return False
        return True

    def is_for(self, item: WorkItem, person: Person) -> bool:
        """Whether the item asks such a person: queue, group or anyone, skills, channel."""
        return self.is_asked(item, person) and has_skills(person, item.requires)

    def is_asked(self, item: WorkItem, person: Person) -> bool:
        """The same, skills aside."""
        is_reached = (
            item.is_for_anyone
            or bool({item.queue_id, *item.also_queues} & person.queues)
            or bool(set(item.also_groups) & set(person.groups))
        )
        takes = person.channels is None or person.channels.get(item.channel, 0) > 0
        return is_reached and takes

    def could_take(self, item: WorkItem, person: Person) -> bool:
        """Whether a present person could be offered the queued item now."""
        agent = self.agent(person.agent_id)
        return (
            self.is_open(item.queue_id)
            and (agent.kept_for is None or agent.kept_for == item.work_item_id)
            and not item.excludes(person.agent_id)
            and self.is_for(item, person)
            and self.has_room(person, item.channel, item.weight)
        )

    def is_open(self, queue_id: str) -> bool:
        """Whether anybody is asked for what waits in the queue."""
        return is_open(self.state, self.key, queue_id)

    def waiting(self) -> list[WorkItem]:
        """Items that stand in a line."""
        return [one for one in self.items if one.state is S.QUEUED and one.hold_agent_id is None]


def is_open(state: PartitionState, key: DeskKey, queue_id: str) -> bool:
    """Whether the engine takes the queue for open; `hours.py` judges that."""
    pace = state.get(QueuePace, *key, queue_id)
    return pace is None or not pace.is_closed


def has_skills(person: Person, requires: dict[str, int]) -> bool:
    """Whether the person has every skill at the level asked."""
    return all(person.skills.get(skill, 0) >= level for skill, level in requires.items())
