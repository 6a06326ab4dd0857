"""Who can be asked: connections are leases, presence is the agent's own word."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence, QueueingReason, RefusalReason
from services.router.core import presence, turn
from tests.unit.services.router.core.world import World, a_desk, offered, refusal, types


def test_an_agent_is_offered_work_when_connected_and_available() -> None:
    """Both are needed, in either order."""
    world = World(a_desk())
    world.message("zoe")

    available = world.presence("ann", Presence.AVAILABLE)
    connected = world.hear(
        e.AgentConnected(agent_id="ann", connection_id="c1", replica_id="notifier-0")
    )

    assert types(available) == ["agent_presence_changed"]
    assert types(connected) == ["agent_connection_changed", "reservation_opened"]


def test_saying_the_same_presence_again_decides_nothing() -> None:
    """A repeat under a new id is no change."""
    world = World(a_desk())
    world.arrives("ann")

    assert world.presence("ann", Presence.AVAILABLE) == ()


def test_a_second_connection_replaces_the_first_without_new_idle_time() -> None:
    """R9: idle since becoming available, not since the last connection."""
    world = World(a_desk())
    world.arrives("ann")
    world.now_ms += 9_000

    decisions = world.hear(
        e.AgentConnected(agent_id="ann", connection_id="c2", replica_id="notifier-1")
    )

    assert types(decisions) == ["agent_connection_changed"]
    assert offered(world.message("zoe")).why.idle_since_ms == world.now_ms - 9_000


def test_a_stale_connections_end_is_ignored() -> None:
    """R20: the newer connection counts."""
    world = World(a_desk())
    world.arrives("ann", connection_id="old")
    world.hear(e.AgentConnected(agent_id="ann", connection_id="new", replica_id="notifier-0"))

    assert world.hear(e.AgentDisconnected(agent_id="ann", connection_id="old")) == ()


def test_an_unknown_agent_is_refused() -> None:
    """Only configured agents can come to work."""
    world = World(a_desk())

    said = e.AgentPresenceSet(agent_id="stranger", presence=Presence.AVAILABLE)

    assert refusal(world.hear(said)).reason is RefusalReason.UNKNOWN_AGENT


def test_a_silent_replicas_agents_are_disconnected_and_their_offers_go_on() -> None:
    """R20: 15 s of silence end the lease; offers requeue at once."""
    world = World(a_desk())
    world.arrives("ann", replica_id="lost")
    world.message("zoe")
    world.arrives("bob", replica_id="alive")
    world.now_ms += 10_000
    seen = world.hear(e.NotifierAlive(replica_id="alive"))

    decisions = world.tick(after_s=5, is_alive=False)

    assert types(seen) == ["replica_seen"]
    assert types(decisions) == [
        "agent_connection_changed",
        "reservation_ended",
        "work_item_queued",
        "reservation_opened",
        "replica_lost",
    ]
    assert offered(decisions).agent_id == "bob"


def test_a_replica_without_agents_here_leaves_an_empty_record() -> None:
    """A quiet partition does not grow by others' heartbeats."""
    world = World(a_desk())

    assert world.hear(e.NotifierAlive(replica_id="elsewhere")) == ()


def test_many_agents_of_a_silent_replica_go_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """R2: the rest follows with the next tick."""
    monkeypatch.setattr(presence, "REPLICA_AGENTS_PER_STEP", 2)
    world = World(a_desk())
    for agent_id in ("ann", "bob", "cem"):
        world.arrives(agent_id)

    first = world.tick(after_s=15, is_alive=False)

    assert types(first) == ["agent_connection_changed"] * 3 + ["replica_lost"]


def test_a_full_record_leaves_the_rest_of_the_silent_replica_for_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R2: what does not fit stays due."""
    monkeypatch.setattr(turn, "DECISIONS_BEFORE_PAUSE", 2)
    world = World(a_desk())
    for agent_id in ("ann", "bob", "cem"):
        world.arrives(agent_id)

    counts = [len(world.tick(after_s=wait_s, is_alive=False)) for wait_s in (15, 0, 0)]

    assert counts == [2, 2, 0]


def test_unanswered_work_of_an_unreachable_agent_is_taken_back() -> None:
    """R20: assignments go back after a while, with their old virtual time."""
    world = World(a_desk())
    world.arrives("ann", connection_id="c1")
    begun_ms = world.now_ms
    world.accept(offered(world.message("zoe")))
    world.hear(e.AgentDisconnected(agent_id="ann", connection_id="c1"))

    decisions = world.tick(after_s=60)

    [queued] = [one for one in decisions if isinstance(one, d.WorkItemQueued)]
    assert queued.reason is QueueingReason.TAKEN_BACK
    assert queued.virtual_time_ms == begun_ms
    assert "take_back_ended" in types(decisions)


def test_an_agent_who_answers_without_a_stream_keeps_the_work() -> None:
    """A reply since the disconnection shows that somebody is there."""
    world = World(a_desk())
    world.arrives("ann", connection_id="c1")
    offer = offered(world.message("zoe"))
    world.accept(offer)
    world.hear(e.AgentDisconnected(agent_id="ann", connection_id="c1"))
    world.now_ms += 1_000
    world.hear(e.ReplySent(agent_id="ann", conversation_id=offer.conversation_id, text="Hi"))

    assert types(world.tick(after_s=60)) == ["replica_lost", "take_back_ended"]


def test_an_agent_who_comes_back_in_time_keeps_the_work() -> None:
    """The lease is renewed by the new connection."""
    world = World(a_desk())
    world.arrives("ann", connection_id="c1")
    world.accept(offered(world.message("zoe")))
    world.hear(e.AgentDisconnected(agent_id="ann", connection_id="c1"))
    world.hear(e.AgentConnected(agent_id="ann", connection_id="c2", replica_id="notifier-0"))

    assert world.tick(after_s=61) == ()


def test_taking_back_much_work_goes_on_in_the_next_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R2: what does not fit stays due."""
    world = World(a_desk(policies={"take_back_after_s": 5}))
    world.arrives("ann", connection_id="c1")
    for customer in ("zoe", "yan"):
        world.accept(offered(world.message(customer)))
    world.hear(e.AgentDisconnected(agent_id="ann", connection_id="c1"))
    world.tick(after_s=4)
    monkeypatch.setattr(turn, "DECISIONS_BEFORE_PAUSE", 1)

    first, measured, second = world.tick(after_s=1), world.tick(), world.tick()

    assert types(first) == ["work_item_queued"]
    assert types(measured) == []
    assert types(second) == ["work_item_queued", "take_back_ended"]


def test_an_agents_leaving_lets_refused_items_go_round_again() -> None:
    """R12: when the last one who had not refused goes, the others may be asked again."""
    world = World(a_desk())
    world.arrives("cem")
    world.accept(offered(world.message("yan")))
    world.arrives("ann")
    world.reject(offered(world.message("zoe")))

    decisions = world.presence("cem", Presence.AWAY)

    assert types(decisions) == [
        "agent_presence_changed",
        "refusals_forgotten",
        "reservation_opened",
    ]
