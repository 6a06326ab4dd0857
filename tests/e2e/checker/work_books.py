"""The checker's books on work: who holds what of whom, replayed from counted decisions alone."""

from dataclasses import dataclass, field

from libs.common.contracts.configuration import CAPACITY_UNITS_DEFAULT, DeskConfiguration

DeskKey = tuple[str, str]
AgentKey = tuple[str, str, str]


@dataclass(slots=True)
class Item:
    """One work item. `held` units of `agent_id` are taken by it."""

    desk: DeskKey
    conversation_id: str
    queue_id: str
    weight: int
    state: str = "queued"
    agent_id: str | None = None
    reservation_id: str | None = None
    held: int = 0
    escalated: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class Books:
    """All items, every reservation ever opened, each agent's load, each desk's configuration."""

    items: dict[str, Item] = field(default_factory=dict)
    completed: set[str] = field(default_factory=set)
    reservations: dict[str, str] = field(default_factory=dict)
    loads: dict[AgentKey, int] = field(default_factory=dict)
    configurations: dict[DeskKey, DeskConfiguration] = field(default_factory=dict)

    def hold(self, item: Item, agent_id: str | None, units: int) -> None:
        """Let the item hold this many units of this agent, and nothing of anyone else."""
        if item.agent_id is not None:
            self._book(item, item.agent_id, -item.held)
        item.agent_id, item.held = agent_id, units
        if agent_id is not None:
            self._book(item, agent_id, units)

    def _book(self, item: Item, agent_id: str, units: int) -> None:
        key = (*item.desk, agent_id)
        self.loads[key] = self.loads.get(key, 0) + units

    def load_of(self, item: Item) -> int:
        """The present load of the agent who holds the item."""
        return self.loads.get((*item.desk, item.agent_id or ""), 0)

    def capacity_of(self, desk: DeskKey, agent_id: str) -> int:
        """The agent's capacity in force; 0 for somebody who is not configured."""
        configuration = self.configurations.get(desk)
        agents = configuration.agents if configuration else ()
        found = next((one for one in agents if one.agent_id == agent_id), None)
        if found is None:
            return 0
        return CAPACITY_UNITS_DEFAULT if found.capacity_units is None else found.capacity_units

    def owner_of(self, conversation_id: str) -> list[str]:
        """Everybody who owns the conversation now; more than one is a contradiction."""
        owned = ("assigned", "parked", "held")
        return [
            item.agent_id or ""
            for item in self.items.values()
            if item.conversation_id == conversation_id and item.state in owned
        ]
