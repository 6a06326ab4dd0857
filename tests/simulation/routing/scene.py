"""What the judges look at together: the state, who is who by hand, and the record at hand."""

from dataclasses import dataclass, field
from typing import Protocol

from libs.common.contracts import decisions as d
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.wire import Event
from services.router.core.entities import WorkItem
from services.router.core.state import PartitionState
from tests.simulation.routing.facts import DeskKey, Floor, Person, people_of


@dataclass(slots=True)
class Scene:
    """One record being folded, decision by decision.

    `has_policies` is false for what another release decided, which asks agents in another order.
    """

    state: PartitionState
    people: dict[DeskKey, dict[str, Person]] = field(default_factory=dict)
    parked_units: dict[str, int] = field(default_factory=dict)
    record: DecisionRecord | None = None
    event: Event | None = None
    has_policies: bool = True

    def floor(self, key: DeskKey) -> Floor:
        """The desk as it is now."""
        return Floor(self.state, key, self.people.get(key, {}), self.parked_units)

    def item(self, work_item_id: str) -> WorkItem:
        """An open item, to look at."""
        return self.state.need(WorkItem, work_item_id)

    def told(self) -> DecisionRecord:
        """The record at hand."""
        assert self.record is not None
        return self.record

    def take_in(self, decision: d.AnyDecision) -> None:
        """What the scene itself keeps account of."""
        if isinstance(decision, d.ConfigurationApplied):
            self.people[desk_of(decision)] = people_of(decision.configuration)
        elif isinstance(decision, d.WorkItemParked):
            self.parked_units[decision.work_item_id] = decision.held_weight


class Judge(Protocol):
    """Watches one kind of promises. Each method raises BrokenPromiseError."""

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """The decision is about to change the state."""

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """It has."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """The record is folded; it concerned these desks."""


def desk_of(decision: d.AnyDecision) -> DeskKey:
    """The desk that a decision concerns."""
    return (decision.tenant_id, decision.desk_id)
