"""Whatever happens, the engine keeps its promises: random days at the desk."""

import random

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import DeliveryOutcome, Presence, WorkItemState
from services.router.core.engine import Engine
from services.router.core.entities import Conversation, WorkItem
from services.router.core.state import Change
from tests.unit.services.router.core.world import World, a_desk, contact_point

AGENTS = ("ann", "bob", "cem")
CUSTOMERS = tuple(f"customer{number}" for number in range(12))


class Day:
    """A random day: every step says one event, legal or not."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = World(a_desk())
        self.reservations: list[d.ReservationOpened] = []
        self.saved: dict[tuple[str, str], Change] = {}
        for agent_id in AGENTS:
            self.world.arrives(agent_id, replica_id="r0")

    def step(self) -> None:
        """One random event."""
        kinds = (
            [self._message] * 30
            + [self._answer_offer] * 50
            + [self._owner_acts] * 40
            + [self._presence] * 20
            + [self._time] * 20
            + [self._replica] * 10
            + [self._link] * 4
            + [self._report, self._configure]
        )
        decisions = self.random.choice(kinds)()
        self._check_loads(decisions)
        self.reservations += [one for one in decisions if isinstance(one, d.ReservationOpened)]

    def _check_loads(self, decisions: tuple[d.AnyDecision, ...]) -> None:
        """What an agent was just given fits (I5); only a lowered capacity may be exceeded (R17)."""
        state = self.world.engine.state
        index = state.index_of(("acme", "support"))
        given = {
            one.agent_id
            for one in decisions
            if isinstance(one, d.ReservationOpened | d.WorkItemResumed)
        }
        for agent_id in given & set(index.profiles.capacity_of):
            load = state.held_units(("acme", "support", agent_id))
            assert load <= index.profiles.capacity_of[agent_id]

    def save(self) -> None:
        """Apply what changed since the last save, as the store would."""
        for change in self.world.engine.take_changes():
            if change.document is None:
                self.saved.pop((change.kind, change.id), None)
            else:
                self.saved[change.kind, change.id] = change

    def _message(self) -> tuple[d.AnyDecision, ...]:
        topic = self.random.choice(["billing", "other"])
        return self.world.message(self.random.choice(CUSTOMERS), topic=topic)

    def _answer_offer(self) -> tuple[d.AnyDecision, ...]:
        if not self.reservations:
            return self._message()
        offer = self.random.choice(self.reservations[-4:])
        return self.random.choice([self.world.accept, self.world.accept, self.world.reject])(offer)

    def _owner_acts(self) -> tuple[d.AnyDecision, ...]:
        state = self.world.engine.state
        found = sorted(state.tables["conversation"])
        conversation = state.need(Conversation, *self.random.choice(found[-8:])) if found else None
        item = (
            state.need(WorkItem, conversation.work_item_id)
            if conversation is not None and conversation.work_item_id is not None
            else None
        )
        if conversation is None or item is None:
            return self._message()
        agent_id = item.agent_id or self.random.choice(AGENTS)
        place = {"agent_id": agent_id, "conversation_id": conversation.conversation_id}
        wrapping = sorted(
            (one.work_item_id, one.agent_id or "")
            for one in state.work_items()
            if one.state is WorkItemState.WRAPPING_UP
        )
        acts: list[e.EventData] = [
            e.ReplySent(**place, text="Certainly."),
            e.ParkRequested(**place),
            e.CloseRequested(**place),
            e.TransferRequested(
                **place, queue_id=self.random.choice(["billing", "general", "gone"])
            ),
        ]
        if wrapping:
            work_item_id, owner = self.random.choice(wrapping)
            acts += [e.WrapUpFinished(agent_id=owner, work_item_id=work_item_id, code="done")] * 3
        return self.world.hear(self.random.choice(acts))

    def _presence(self) -> tuple[d.AnyDecision, ...]:
        agent_id = self.random.choice(AGENTS)
        presence = self.random.choice([*Presence, *[Presence.AVAILABLE] * 5])
        said: list[e.EventData] = [
            e.AgentPresenceSet(agent_id=agent_id, presence=presence),
            *[
                e.AgentConnected(
                    agent_id=agent_id,
                    connection_id=f"c{self.random.randrange(3)}",
                    replica_id=f"r{self.random.randrange(2)}",
                )
            ]
            * 3,
            e.AgentDisconnected(agent_id=agent_id, connection_id=f"c{self.random.randrange(3)}"),
        ]
        return self.world.hear(self.random.choice(said))

    def _time(self) -> tuple[d.AnyDecision, ...]:
        is_alive = self.random.random() < 0.8
        after_s = self.random.choice([0.1, 1, 1, 5, 5, 8, 20, 31, 130])
        return self.world.tick(after_s=after_s, is_alive=is_alive)

    def _link(self) -> tuple[d.AnyDecision, ...]:
        points = (
            contact_point(self.random.choice(CUSTOMERS)),
            contact_point(self.random.choice(CUSTOMERS)),
        )
        kind = self.random.choice([e.ContactPointsLinked, e.ContactPointsUnlinked])
        return self.world.hear(kind(contact_point_ids=points))

    def _configure(self) -> tuple[d.AnyDecision, ...]:
        general = {"queue_id": "general", "offer": {"mode": "direct"}}
        ann = {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 2}
        changes: list[dict[str, object]] = [
            {},
            {"agents": [ann]},
            {"queues": [general], "rules": [], "migrate_to": {"billing": "general"}},
            {"policies": {"parked_weight": 1, "ring_no_answer_max": 1}},
        ]
        changed = self.random.choice(changes)
        if "queues" in changed:
            changed = {**changed, "agents": [ann]}
        return self.world.hear(e.DeskConfigured(configuration=a_desk(**changed)))

    def _replica(self) -> tuple[d.AnyDecision, ...]:
        return self.world.hear(e.NotifierAlive(replica_id=f"r{self.random.randrange(2)}"))

    def _report(self) -> tuple[d.AnyDecision, ...]:
        report = e.DeliveryReported(
            conversation_id="cnv_x", reply_id="r", outcome=DeliveryOutcome.SENT, attempt=1
        )
        return self.world.hear(report)


@pytest.mark.parametrize("seed", range(30))
def test_a_random_day_keeps_all_invariants_and_the_log_tells_it_all(seed: int) -> None:
    """Invariants hold after each event; fold, restore and saves are the live state (I4-I8)."""
    day = Day(seed)

    for step in range(150):
        day.step()
        if step % 10 == 0:
            day.save()
    day.save()

    live = day.world.engine
    assert day.world.folded().canonical_hash() == live.canonical_hash()
    from_saves = Engine.restore(day.saved.values(), now_ms=live.now_ms)
    assert from_saves.canonical_hash() == live.canonical_hash()
    assert from_saves.state.deadlines.all() == live.state.deadlines.all()
    assert from_saves.state.held == {key: held for key, held in live.state.held.items() if held}


@pytest.mark.parametrize("seed", range(5))
def test_a_restored_engine_decides_as_the_live_one(seed: int) -> None:
    """Nothing depends on the layout of a dict, set or heap: a save does not keep it (R9)."""
    day = Day(seed)
    for _ in range(80):
        day.step()
    shuffled = list(day.world.engine.state.documents())
    random.Random(seed).shuffle(shuffled)
    twin = Engine.restore(shuffled, now_ms=day.world.engine.now_ms)
    day.world.twin = twin

    for _ in range(120):
        day.step()

    assert twin.canonical_hash() == day.world.engine.canonical_hash()
