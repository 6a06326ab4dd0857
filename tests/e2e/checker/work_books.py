"""The checker's books on work: who holds what of whom, replayed from counted decisions alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from libs.common.contracts.configuration import (
    CAPACITY_UNITS_DEFAULT,
    ChannelPolicy,
    DeskConfiguration,
)
from libs.common.contracts.terms import OfferMode, ParticipantKind

DeskKey = tuple[str, str]
AgentKey = tuple[str, str, str]
OWNED = ("assigned", "parked", "held")


@dataclass(slots=True)
class Item:
    """One work item. `held` are the units that it takes of each agent; `offers` are the agents who
    are asked, by reservation; `kept_for` is the agent for whom it waits.
    """

    desk: DeskKey
    conversation_id: str
    queue_id: str
    weight: int
    channel: str
    strict_class: int
    virtual_time_ms: int
    state: str = "queued"
    agent_id: str | None = None
    step: int = 0
    offers: dict[str, str] = field(default_factory=dict)
    kept_for: str | None = None
    participants: dict[str, ParticipantKind] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    escalated: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class Books:
    """All items, every reservation ever opened, each agent's load, each desk's configuration.

    `kept` says for which heavy item an agent is kept, `canceled` whose customer left unserved.
    """

    items: dict[str, Item] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    canceled: set[str] = field(default_factory=set)
    reservations: dict[str, str] = field(default_factory=dict)
    loads: dict[AgentKey, int] = field(default_factory=dict)
    kept: dict[AgentKey, str] = field(default_factory=dict)
    configurations: dict[DeskKey, DeskConfiguration] = field(default_factory=dict)

    def hold(self, item: Item, agent_id: str, units: int) -> bool:
        """Let the item hold this many units of this agent; what it holds of others stays.

        Returns whether that is more than before.
        """
        key, more = (*item.desk, agent_id), units - item.held.pop(agent_id, 0)
        self.loads[key] = self.loads.get(key, 0) + more
        if units:
            item.held[agent_id] = units
        return more > 0

    def release(self, item: Item) -> None:
        """Let the item hold nothing of anybody."""
        for agent_id in list(item.held):
            self.hold(item, agent_id, 0)

    def load_of(self, item: Item, agent_id: str) -> int:
        """The agent's present load, over all items of the desk."""
        return self.loads.get((*item.desk, agent_id), 0)

    def capacity_of(self, desk: DeskKey, agent_id: str) -> int:
        """The agent's capacity in force, by the agent's own word or that of the first group that
        has one; 0 for somebody who is not configured.
        """
        configuration = self.configurations.get(desk)
        agents = configuration.agents if configuration else ()
        agent = next((one for one in agents if one.agent_id == agent_id), None)
        if configuration is None or agent is None:
            return 0
        groups = {one.agent_group_id: one for one in configuration.agent_groups}
        stated = [agent.capacity_units, *(groups[name].capacity_units for name in agent.groups)]
        return next((units for units in stated if units is not None), CAPACITY_UNITS_DEFAULT)

    def asked_at_once(self, desk: DeskKey, queue_id: str) -> int:
        """How many agents the queue may ask at once; for one that is gone, its default may."""
        configuration = self.configurations.get(desk)
        if configuration is None:
            return 1
        queues = {queue.queue_id: queue for queue in configuration.queues}
        offer = queues.get(queue_id, queues[configuration.default.queue]).offer
        return offer.agents if offer.mode is OfferMode.BROADCAST else 1

    def participant_units(self, desk: DeskKey, kind: ParticipantKind) -> int:
        """What taking part costs; a monitor holds no capacity."""
        configuration = self.configurations.get(desk)
        if kind is ParticipantKind.MONITOR or configuration is None:
            return 0
        return configuration.policies.participant_weight

    def beside(self, item: Item, agent_id: str) -> Iterator[Item]:
        """The other items that the agent is asked for or owns, at any cost."""
        for other in self.items.values():
            is_of_agent = agent_id in other.offers.values() or other.agent_id == agent_id
            is_other = other is not item and other.desk == item.desk
            if is_other and is_of_agent and other.held.get(agent_id):
                yield other

    def policy_of(self, item: Item) -> ChannelPolicy:
        """What the desk says of the item's channel."""
        configuration = self.configurations.get(item.desk)
        return configuration.channel(item.channel) if configuration else ChannelPolicy()

    def owner_of(self, conversation_id: str) -> list[str]:
        """Everybody who owns the conversation now; more than one is a contradiction."""
        return [
            item.agent_id or ""
            for item in self.items.values()
            if item.conversation_id == conversation_id and item.state in OWNED
        ]
