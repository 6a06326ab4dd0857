"""Whatever happens, the engine keeps its promises: generated days at generated desks."""

import random
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import DeliveryOutcome, ParticipantKind, Presence, WorkItemState
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.state import Change
from tests.unit.services.router.core.generated import (
    AGENTS,
    CHANNELS,
    DESKS,
    QUEUES,
    a_generated_desk,
)
from tests.unit.services.router.core.world import DESK, TENANT, World, a_message, contact_point

CUSTOMERS = tuple(f"customer{number}" for number in range(8))
ANY = st.integers(0, 1_000)
SEED = st.integers(0, DESKS)
AGENT = st.sampled_from(AGENTS)
CUSTOMER = st.sampled_from(CUSTOMERS)
T = TypeVar("T")


def _one_of(found: Sequence[T], number: int) -> T:
    """One of the last few: what is new is more likely to be acted upon."""
    recent = found[-6:]
    return recent[number % len(recent)]


class Day(RuleBasedStateMachine):
    """A day: each rule says one event, legal or not; `World.hear` checks all invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.offers: list[d.ReservationOpened] = []
        self.saved: dict[tuple[str, str], Change] = {}
        self.fired: set[tuple[object, ...]] = set()

    @initialize(seed=SEED, absent=st.sets(AGENT, max_size=2))
    def open(self, seed: int, absent: set[str]) -> None:
        """The desk opens."""
        desk = a_generated_desk(seed)
        self.hear(e.DeskConfigured(configuration=desk))
        self.tick(0, is_alive=True)
        for agent in desk.agents:
            if agent.agent_id not in absent:
                self.world.arrives(agent.agent_id, replica_id="r0")

    def hear(self, data: e.EventData) -> None:
        """Let the engine decide, and check that what an agent was just given fits (I5, R17)."""
        decisions = self.world.hear(data)
        self.offers += [one for one in decisions if isinstance(one, d.ReservationOpened)]
        state = self.world.engine.state
        capacity_of = state.index_of((TENANT, DESK)).profiles.capacity_of
        for one in decisions:
            if isinstance(one, d.ReservationOpened | d.WorkItemResumed):
                load = state.held_units((TENANT, DESK, one.agent_id))
                assert load <= capacity_of[one.agent_id]
            elif isinstance(one, d.EscalationFired) and one.policy_id:
                key = (one.work_item_id, one.terms_id, one.level, one.repeat, one.since_ms)
                assert key not in self.fired, "I6: fired twice"
                assert one.due_ms <= state.now_ms, "R26: fired early"
                self.fired.add(key)

    def items(self, *states: WorkItemState) -> list[WorkItem]:
        """The open items in these states, oldest first."""
        found = [one for one in self.world.engine.state.work_items() if one.state in states]
        return sorted(found, key=lambda item: item.sequence)

    @rule(customer=CUSTOMER, channel=st.sampled_from(CHANNELS), topic=st.sampled_from(QUEUES))
    def message(self, customer: str, channel: str, topic: str) -> None:
        """A customer writes or calls."""
        name = f"{customer}-{channel}" if channel == "voice" else customer
        self.hear(a_message(name, channel=channel, topic=topic))

    @rule(customer=CUSTOMER, is_call=st.booleans())
    def hang_up(self, customer: str, *, is_call: bool) -> None:
        """The customer is gone."""
        name = f"{customer}-voice" if is_call else customer
        self.hear(e.ContactEnded(contact_point_id=contact_point(name)))

    @precondition(lambda self: self.offers)
    @rule(number=ANY)
    def accept(self, number: int) -> None:
        """An agent takes what was offered, perhaps too late."""
        offer = _one_of(self.offers, number)
        place = {"agent_id": offer.agent_id, "reservation_id": offer.reservation_id}
        self.hear(e.ReservationAccepted(**place))

    @precondition(lambda self: self.offers)
    @rule(number=ANY, impostor=st.none() | AGENT)
    def reject(self, number: int, impostor: str | None) -> None:
        """An agent declines, perhaps another one's offer."""
        offer = _one_of(self.offers, number)
        place = {"agent_id": impostor or offer.agent_id, "reservation_id": offer.reservation_id}
        self.hear(e.ReservationRejected(**place))

    @rule(number=ANY, act=st.sampled_from(["reply", "park", "close", "leave"]), other=AGENT)
    def owner_acts(self, number: int, act: str, other: str) -> None:
        """The owner goes on with a conversation, or says that somebody else does."""
        place = self._owned(number)
        if place is None:
            return
        acts: dict[str, e.EventData] = {
            "reply": e.ReplySent(**place, text="Certainly."),
            "park": e.ParkRequested(**place),
            "close": e.CloseRequested(**place),
            "leave": e.OwnerLeft(**place, successor_id=other if number % 2 else None),
        }
        self.hear(acts[act])

    @rule(number=ANY, queue=st.sampled_from([*QUEUES, "gone"]), agent=st.none() | AGENT)
    def transfer(self, number: int, queue: str, agent: str | None) -> None:
        """The owner passes a conversation on, to a queue or to an agent."""
        place = self._owned(number)
        if place is not None:
            target = {"queue_id": queue} if agent is None else {"to_agent_id": agent}
            self.hear(e.TransferRequested(**place, **target))

    @rule(number=ANY, kind=st.sampled_from(ParticipantKind), agent=AGENT)
    def invite(self, number: int, kind: ParticipantKind, agent: str) -> None:
        """Somebody is to take part."""
        place = self._owned(number)
        if place is not None:
            self.hear(e.ParticipantInvited(**place, participant_id=agent, kind=kind))

    @rule(number=ANY, agent=AGENT)
    def participant_leaves(self, number: int, agent: str) -> None:
        """Somebody takes part no longer, or never did."""
        place = self._owned(number)
        if place is not None:
            self.hear(e.ParticipantLeft(**{**place, "agent_id": agent}))

    def _owned(self, number: int) -> dict[str, str] | None:
        owned = self.items(WorkItemState.ASSIGNED, WorkItemState.PARKED, WorkItemState.HELD)
        if not owned:
            return None
        item = _one_of(owned, number)
        return {"agent_id": item.agent_id or "", "conversation_id": item.conversation_id}

    @rule(number=ANY)
    def acknowledge(self, number: int) -> None:
        """A supervisor sees to a conversation, escalated or not."""
        place = self._owned(number)
        if place is not None:
            self.hear(e.EscalationAcknowledged(**{**place, "agent_id": "sam"}))

    @rule(number=ANY)
    def wrap_up(self, number: int) -> None:
        """An agent is done with the work after a conversation."""
        wrapping = self.items(WorkItemState.WRAPPING_UP)
        if wrapping:
            item = _one_of(wrapping, number)
            place = {"agent_id": item.agent_id or "", "work_item_id": item.work_item_id}
            self.hear(e.WrapUpFinished(**place, code="done"))

    @rule(agent=AGENT, presence=st.sampled_from([*Presence, *[Presence.AVAILABLE] * 3]))
    def presence(self, agent: str, presence: Presence) -> None:
        """An agent comes or goes, by own word."""
        self.hear(e.AgentPresenceSet(agent_id=agent, presence=presence))

    @rule(agent=AGENT, connection=st.sampled_from("abc"), replica=st.sampled_from(["r0", "r1"]))
    def connect(self, agent: str, connection: str, replica: str) -> None:
        """An agent's stream opens."""
        place = {"agent_id": agent, "connection_id": connection}
        self.hear(e.AgentConnected(**place, replica_id=replica))

    @rule(agent=AGENT, connection=st.sampled_from("abc"))
    def disconnect(self, agent: str, connection: str) -> None:
        """A stream ends, perhaps a stale one."""
        self.hear(e.AgentDisconnected(agent_id=agent, connection_id=connection))

    @rule(after_s=st.sampled_from([0, 1, 1, 5, 5, 8, 21, 31, 125]), is_alive=st.booleans())
    def tick(self, after_s: int, *, is_alive: bool) -> None:
        """Time passes."""
        self.world.now_ms += after_s * 1_000
        for replica_id in sorted(self.world.engine.state.agents_of_replica) if is_alive else ():
            self.hear(e.NotifierAlive(replica_id=replica_id))
        self.hear(e.ClockTicked(owner="owner"))

    @rule(one=CUSTOMER, other=CUSTOMER, is_linked=st.booleans())
    def link(self, one: str, other: str, *, is_linked: bool) -> None:
        """Two customers turn out to be one, or not to be."""
        kind = e.ContactPointsLinked if is_linked else e.ContactPointsUnlinked
        self.hear(kind(contact_point_ids=(contact_point(one), contact_point(other))))

    @rule(seed=SEED)
    def configure(self, seed: int) -> None:
        """Everything about the desk changes; what it means for open work follows with a tick."""
        self.hear(e.DeskConfigured(configuration=a_generated_desk(seed)))

    @rule()
    def report(self) -> None:
        """A provider says what became of a reply."""
        place = {"conversation_id": "cnv_x", "reply_id": "r", "attempt": 1}
        self.hear(e.DeliveryReported(**place, outcome=DeliveryOutcome.SENT))

    @rule()
    def save(self) -> None:
        """What changed since the last save is applied, as the store would."""
        for change in self.world.engine.take_changes():
            if change.document is None:
                self.saved.pop((change.kind, change.id), None)
            else:
                self.saved[change.kind, change.id] = change

    @precondition(lambda self: self.world.twin is None and self.world.offset > 25)
    @rule(seed=ANY)
    def begin_a_twin(self, seed: int) -> None:
        """From here on a restored engine hears the same events and must decide the same (R9)."""
        shuffled = list(self.world.engine.state.documents())
        random.Random(seed).shuffle(shuffled)
        self.world.twin = Engine.restore(shuffled, now_ms=self.world.engine.now_ms)

    def teardown(self) -> None:
        """The log alone, the saves and the twin all are the live state."""
        live, twin = self.world.engine, self.world.twin
        self.save()
        from_saves = Engine.restore(self.saved.values(), now_ms=live.now_ms)
        for other in (self.world.folded(), from_saves, *([twin] if twin is not None else [])):
            assert other.canonical_hash() == live.canonical_hash()
            assert other.state.deadlines.all() == live.state.deadlines.all()
            assert _held(other) == _held(live)


def _held(engine: Engine) -> dict[tuple[str, ...], object]:
    return {key: held for key, held in engine.state.held.items() if held}


TestDay = Day.TestCase
TestDay.settings = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    stateful_step_count=80,
    suppress_health_check=list(HealthCheck),
)
