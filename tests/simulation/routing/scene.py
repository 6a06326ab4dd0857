"""What the judges look at together: the state, who is who by hand, and the record at hand."""

from dataclasses import dataclass, field
from typing import Protocol

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import QueueConfiguration
from libs.common.contracts.events import ClockTicked, MessageReceived
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.wire import Event
from services.router.core.entities import Agent, Conversation, Desk, WorkItem
from services.router.core.state import PartitionState
from tests.simulation.routing.facts import DeskKey, Floor, Person, people_of
from tests.simulation.routing.routes import route_of

FULL_RECORD = 100
COME_OR_GO = (d.AgentPresenceChanged, d.AgentConnectionChanged, d.AgentShiftChanged)


@dataclass(slots=True)
class Scene:
    """One record being folded, decision by decision.

    `has_policies` is false for what another release decided, which asks agents in another order.
    """

    state: PartitionState
    people: dict[DeskKey, dict[str, Person]] = field(default_factory=dict)
    parked_units: dict[str, int] = field(default_factory=dict)
    queue_of: dict[str, str] = field(default_factory=dict)
    idle_since_ms: dict[tuple[str, str, str], int] = field(default_factory=dict)
    record: DecisionRecord | None = None
    event: Event | None = None
    has_policies: bool = True
    _present: set[tuple[str, str, str]] = field(default_factory=set)

    def floor(self, key: DeskKey) -> Floor:
        """The desk as it is now."""
        return Floor(self.state, key, self.people.get(key, {}), self.parked_units)

    def item(self, work_item_id: str) -> WorkItem:
        """An open item, to look at."""
        return self.state.need(WorkItem, work_item_id)

    def queue_or_none(self, key: DeskKey, conversation_id: str) -> QueueConfiguration | None:
        """The queue that a conversation was seen in last, unless it is configured no more."""
        queues = self.state.need(Desk, *key).configuration.queues
        queue_id = self.queue_of.get(conversation_id)
        return next((queue for queue in queues if queue.queue_id == queue_id), None)

    def item_of(self, conversation_id: str) -> WorkItem | None:
        """The item of an open conversation."""
        conversation = self.state.get(Conversation, conversation_id)
        return self.state.get(WorkItem, (conversation and conversation.work_item_id) or "")

    def is_put_aside(self, item: WorkItem) -> bool:
        """Whether its owner put it aside until a time."""
        return item.state.value == "parked" and item.until_ms is not None

    def told(self) -> DecisionRecord:
        """The record at hand."""
        assert self.record is not None
        return self.record

    def is_whole_tick(self) -> bool:
        """Whether the record is a tick that had room for all that was due."""
        record = self.told()
        is_full = len(record.decisions) >= FULL_RECORD
        # Two owners may die over a tick; then it is refused, and the next one fires.
        is_refused = any(isinstance(one, d.EventRefused) for one in record.decisions)
        return record.event_type == ClockTicked.type and not is_full and not is_refused

    def take_in(self, decision: d.AnyDecision) -> None:
        """What the scene itself keeps account of."""
        if isinstance(decision, d.ConfigurationApplied):
            self._note_people(decision)
        elif isinstance(decision, d.ConversationOpened | d.ConversationReopened):
            self._note_route(decision)
        elif isinstance(decision, d.WorkItemParked | d.WorkItemSnoozed):
            self.parked_units[decision.work_item_id] = decision.held_weight
        elif isinstance(decision, d.WorkItemQueued | d.WorkItemRelaxed):
            self.queue_of[decision.conversation_id] = decision.queue_id
        elif isinstance(decision, d.WorkItemAssigned):
            self.idle_since_ms[*desk_of(decision), decision.agent_id] = self.told().now_ms
        elif isinstance(decision, COME_OR_GO):
            self._note_presence((*desk_of(decision), decision.agent_id))

    def _note_people(self, applied: d.ConfigurationApplied) -> None:
        self.people[desk_of(applied)] = people_of(applied.configuration)
        for tenant_id, desk_id, agent_id in list(self.state.tables["agent"]):
            # Whose shifts are gone is on at once, configured or not.
            if (tenant_id, desk_id) == desk_of(applied):
                self._note_presence((tenant_id, desk_id, agent_id))

    def _note_route(self, opened: d.ConversationOpened | d.ConversationReopened) -> None:
        """Where a message leads that may find its queue closed, and nobody's work."""
        if self.event is not None and isinstance(self.event.data, MessageReceived):
            desk = self.state.need(Desk, *desk_of(opened)).configuration
            self.queue_of[opened.conversation_id] = route_of(desk, self.event.data)[1].queue

    def _note_presence(self, key: tuple[str, str, str]) -> None:
        """Idle since becoming available, or since the last assignment; nothing else (R9)."""
        is_present = self.state.need(Agent, *key).is_present
        if is_present and key not in self._present:
            self.idle_since_ms[key] = self.told().now_ms
        (self._present.add if is_present else self._present.discard)(key)


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
