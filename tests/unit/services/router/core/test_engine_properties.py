"""Whatever happens, the engine keeps its promises: generated days at generated desks."""

import random
from collections.abc import Sequence
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
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
AGENT = st.sampled_from(AGENTS)
CUSTOMER = st.sampled_from(CUSTOMERS)
QUEUE = st.sampled_from([*QUEUES, "gone"])
NUMBER = st.integers(0, 5)
SEED = st.integers(0, DESKS)
T = TypeVar("T")


def _one_of(found: Sequence[T], number: int) -> T:
    """One of the last few: what is new is more likely to be acted upon."""
    recent = found[-6:]
    return recent[number % len(recent)]


class Day(RuleBasedStateMachine):
    """A day: each rule says one event, legal or not; `World.hear` checks all invariants.

    Few rules that choose among many acts: hypothesis leaves out some rules of each day altogether.
    """

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.offers: list[d.ReservationOpened] = []
        self.saved: dict[tuple[str, str], Change] = {}

    @initialize(seed=SEED, absent=st.sets(AGENT, max_size=2))
    def open(self, seed: int, absent: set[str]) -> None:
        """The desk opens, and somebody writes."""
        desk = a_generated_desk(seed)
        self.hear(e.DeskConfigured(configuration=desk))
        self.hear(e.ClockTicked(owner="owner"))
        for agent in desk.agents:
            if agent.agent_id not in absent:
                self.world.arrives(agent.agent_id, replica_id="r0")
        for number, customer in enumerate(CUSTOMERS[:4]):
            self.hear(a_message(customer, topic=QUEUES[number % len(QUEUES)]))

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

    @rule(
        act=st.sampled_from(["message"] * 8 + ["hang_up", "hang_up", "link", "unlink"]),
        customer=CUSTOMER,
        other=CUSTOMER,
        channel=st.sampled_from(CHANNELS),
        topic=QUEUE,
    )
    def customer(self, act: str, customer: str, other: str, channel: str, topic: str) -> None:
        """A customer writes, calls, hangs up, or turns out to be another one or not to be."""
        name = f"{customer}-voice" if channel == "voice" else customer
        points = (contact_point(customer), contact_point(other))
        said: dict[str, e.EventData] = {
            "message": a_message(name, channel=channel, topic=topic),
            "hang_up": e.ContactEnded(contact_point_id=contact_point(name)),
            "link": e.ContactPointsLinked(contact_point_ids=points),
            "unlink": e.ContactPointsUnlinked(contact_point_ids=points),
        }
        self.hear(said[act])

    @precondition(lambda self: self.offers)
    @rule(act=st.sampled_from(["accept"] * 5 + ["reject"] * 3 + ["steal"]), number=NUMBER)
    def offer(self, act: str, number: int) -> None:
        """An agent takes or declines what was offered, perhaps too late or to another."""
        offer = _one_of(self.offers, number)
        agent_id = AGENTS[number % len(AGENTS)] if act == "steal" else offer.agent_id
        place = {"agent_id": agent_id, "reservation_id": offer.reservation_id}
        kind = e.ReservationRejected if act == "reject" else e.ReservationAccepted
        self.hear(kind(**place))

    @rule(
        act=st.sampled_from(
            ["reply", "park", "park", "close", "leave", "invite", "left", "queue", "agent", "wrap"]
        ),
        number=NUMBER,
        other=AGENT,
        queue=QUEUE,
        kind=st.sampled_from(ParticipantKind),
    )
    def owner(self, act: str, number: int, other: str, queue: str, kind: ParticipantKind) -> None:
        """Whoever has a conversation goes on with it, or says that somebody else does."""
        states = (WorkItemState.ASSIGNED, WorkItemState.PARKED, WorkItemState.HELD)
        found = self.items(*states) if act != "wrap" else self.items(WorkItemState.WRAPPING_UP)
        if not found:
            return
        item = _one_of(found, number)
        owner = {"agent_id": item.agent_id or ""}
        place = {**owner, "conversation_id": item.conversation_id}
        acts: dict[str, e.EventData] = {
            "reply": e.ReplySent(**place, text="Certainly."),
            "park": e.ParkRequested(**place),
            "close": e.CloseRequested(**place),
            "leave": e.OwnerLeft(**place, successor_id=other if number % 2 else None),
            "invite": e.ParticipantInvited(**place, participant_id=other, kind=kind),
            "left": e.ParticipantLeft(**{**place, "agent_id": other}),
            "queue": e.TransferRequested(**place, queue_id=queue),
            "agent": e.TransferRequested(**place, to_agent_id=other),
            "wrap": e.WrapUpFinished(**owner, work_item_id=item.work_item_id, code="done"),
        }
        self.hear(acts[act])

    def items(self, *states: WorkItemState) -> list[WorkItem]:
        """The open items in these states, oldest first."""
        found = [one for one in self.world.engine.state.work_items() if one.state in states]
        return sorted(found, key=lambda item: item.sequence)

    @rule(
        act=st.sampled_from(["available"] * 3 + ["away", "offline", "connect", "disconnect"]),
        agent=AGENT,
        number=NUMBER,
    )
    def agent(self, act: str, agent: str, number: int) -> None:
        """An agent comes or goes, by own word or with the stream, perhaps a stale one."""
        stream = {"agent_id": agent, "connection_id": f"c{number % 2}"}
        if act == "connect":
            self.hear(e.AgentConnected(**stream, replica_id=f"r{number % 2}"))
        elif act == "disconnect":
            self.hear(e.AgentDisconnected(**stream))
        else:
            self.hear(e.AgentPresenceSet(agent_id=agent, presence=Presence(act)))

    @rule(after_s=st.sampled_from([0, 1, 5, 5, 8, 21, 31, 125]), is_alive=st.booleans())
    def time(self, after_s: int, *, is_alive: bool) -> None:
        """Time passes."""
        self.world.now_ms += after_s * 1_000
        for replica_id in sorted(self.world.engine.state.agents_of_replica) if is_alive else ():
            self.hear(e.NotifierAlive(replica_id=replica_id))
        self.hear(e.ClockTicked(owner="owner"))

    @rule(act=st.sampled_from(["save", "save", "twin", "configure", "report"]), seed=SEED)
    def desk(self, act: str, seed: int) -> None:
        """What is rare: another configuration, a report, a save, a restored twin."""
        if act == "configure":
            self.hear(e.DeskConfigured(configuration=a_generated_desk(seed)))
        elif act == "report":
            place = {"conversation_id": "cnv_x", "reply_id": "r"}
            self.hear(e.DeliveryReported(**place, attempt=1, outcome=DeliveryOutcome.SENT))
        elif act == "save":
            self.save()
        elif self.world.twin is None:
            # From here on a restored engine hears the same events and must decide the same (R9).
            shuffled = list(self.world.engine.state.documents())
            random.Random(seed).shuffle(shuffled)
            self.world.twin = Engine.restore(shuffled, now_ms=self.world.engine.now_ms)

    def save(self) -> None:
        """What changed since the last save is applied, as the store would."""
        for change in self.world.engine.take_changes():
            if change.document is None:
                self.saved.pop((change.kind, change.id), None)
            else:
                self.saved[change.kind, change.id] = change

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


# Ten seconds alone; many times that on a machine that others use as well.
TestDay = pytest.mark.timeout(300)(Day.TestCase)
TestDay.settings = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=50,
    stateful_step_count=60,
    # Explaining traces every line, which takes minutes; the shrunk steps tell enough.
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
