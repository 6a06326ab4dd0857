"""Who takes part beside the owner: one owner answers, the others carry their share (R19)."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import ParticipantKind, Presence, QueueingReason, RefusalReason
from services.router.core import participants
from tests.unit.services.router.core.desks import Part, a_desk_of, at_work, busy, only_item
from tests.unit.services.router.core.world import World, offered, refusal, types

AGENTS: dict[str, Part] = {"ann": {}, "bob": {"capacity_units": 2}, "cem": {"capacity_units": 0}}
WEIGHTS: Part = {"capacity_weights": {"web_chat": 2}}


@pytest.fixture
def world() -> World:
    """Ann owns Zoe's chat; Bob and Cem are present."""
    world = at_work(a_desk_of(agents=AGENTS, **WEIGHTS), "ann", "bob", "cem")
    busy(world, "zoe")
    return world


def _place(world: World, agent_id: str = "ann") -> dict[str, str]:
    return {"agent_id": agent_id, "conversation_id": only_item(world).conversation_id}


def _invite(
    world: World, agent_id: str, kind: str = "consultant", *, by: str = "ann"
) -> tuple[d.AnyDecision, ...]:
    place = _place(world, by)
    return world.hear(
        e.ParticipantInvited(**place, participant_id=agent_id, kind=ParticipantKind(kind))
    )


def _load(world: World, agent_id: str) -> int:
    return world.engine.state.held_units(("acme", "support", agent_id))


@pytest.mark.parametrize(("kind", "load"), [("consultant", 1), ("conferee", 1), ("monitor", 0)])
def test_taking_part_costs_the_participant_weight_and_watching_nothing(
    world: World, kind: str, load: int
) -> None:
    """R19: monitors hold no capacity."""
    [joined] = _invite(world, "bob", kind)

    assert isinstance(joined, d.ParticipantJoined)
    assert (joined.agent_id, joined.weight, joined.by_agent_id) == ("bob", load, "ann")
    assert (_load(world, "bob"), _load(world, "ann")) == (load, 2)


@pytest.mark.parametrize(
    ("agent_id", "kind", "reason"),
    [
        ("stranger", "consultant", RefusalReason.UNKNOWN_AGENT),
        ("ann", "consultant", RefusalReason.ILLEGAL_TRANSITION),
        ("cem", "consultant", RefusalReason.NO_CAPACITY),
    ],
)
def test_who_can_not_take_part_is_refused(
    world: World, agent_id: str, kind: str, reason: RefusalReason
) -> None:
    """Strangers, the owner, and whoever has no unit free."""
    assert refusal(_invite(world, agent_id, kind)).reason is reason
    assert only_item(world).participants == {}


def test_an_absent_agent_can_not_be_consulted(world: World) -> None:
    """Nobody is there to answer."""
    world.presence("bob", Presence.AWAY)

    assert refusal(_invite(world, "bob")).reason is RefusalReason.AGENT_ABSENT


def test_nobody_takes_part_twice_or_beyond_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are finite and visible."""
    _invite(world, "bob")
    twice = refusal(_invite(world, "bob", "monitor"))
    monkeypatch.setattr(participants, "PARTICIPANTS_MAX", 1)
    beyond = refusal(_invite(world, "cem", "monitor"))

    assert twice.reason is RefusalReason.ILLEGAL_TRANSITION
    assert beyond.reason is RefusalReason.LIMIT_REACHED


def test_only_the_owner_invites_but_a_monitor_comes_of_their_own_accord(world: World) -> None:
    """Who may monitor was checked at the door."""
    refused = refusal(_invite(world, "bob", "conferee", by="bob"))

    assert refused.reason is RefusalReason.NOT_THE_OWNER
    assert types(_invite(world, "cem", "monitor", by="cem")) == ["participant_joined"]


def test_who_leaves_is_free_for_what_waits(world: World) -> None:
    """R10: in the same record."""
    _invite(world, "bob")
    for customer in ("x", "y", "w"):
        world.message(customer)

    place = {"agent_id": "bob", "conversation_id": _zoes(world)}
    decisions = world.hear(e.ParticipantLeft(**place))

    assert types(decisions) == ["participant_removed", "reservation_opened"]
    assert offered(decisions).agent_id == "bob"


def _zoes(world: World) -> str:
    oldest = min(world.engine.state.work_items(), key=lambda item: item.sequence)
    return oldest.conversation_id


@pytest.mark.parametrize(
    ("agent_id", "conversation_id", "reason"),
    [
        ("bob", "cnv_none", RefusalReason.UNKNOWN_CONVERSATION),
        ("bob", None, RefusalReason.UNKNOWN_PARTICIPANT),
    ],
)
def test_leaving_what_one_takes_no_part_in_is_refused(
    world: World, agent_id: str, conversation_id: str | None, reason: RefusalReason
) -> None:
    """Unknown conversations and others' conversations."""
    place = {"agent_id": agent_id, "conversation_id": conversation_id or _zoes(world)}

    assert refusal(world.hear(e.ParticipantLeft(**place))).reason is reason


def test_an_unreachable_agent_takes_part_in_nothing(world: World) -> None:
    """The units are free when the agent comes back."""
    world.hear(e.AgentConnected(agent_id="bob", connection_id="b1", replica_id="notifier-0"))
    _invite(world, "bob")

    decisions = world.hear(e.AgentDisconnected(agent_id="bob", connection_id="b1"))

    assert types(decisions) == ["agent_connection_changed", "participant_removed"]
    assert _load(world, "bob") == 0


def test_the_owners_disconnection_leaves_those_who_take_part(world: World) -> None:
    """Only the agent who can't be reached is removed, and the owner keeps the work for a while."""
    world.hear(e.AgentConnected(agent_id="ann", connection_id="a1", replica_id="notifier-0"))
    _invite(world, "bob")

    world.hear(e.AgentDisconnected(agent_id="ann", connection_id="a1"))

    assert list(only_item(world).participants) == ["bob"]


def test_the_named_successor_owns_the_conversation_at_its_full_weight(world: World) -> None:
    """R19, I4: in one record, and the item keeps its place in nobody's line."""
    _invite(world, "bob")

    decisions = world.hear(e.OwnerLeft(**_place(world), successor_id="bob"))

    [changed] = decisions
    assert isinstance(changed, d.OwnerChanged)
    assert (changed.from_agent_id, changed.agent_id) == ("ann", "bob")
    assert (_load(world, "ann"), _load(world, "bob")) == (0, 2)
    assert only_item(world).participants == {}


def test_without_a_successor_the_item_stands_in_its_line_again(world: World) -> None:
    """R19: whoever took part no longer does."""
    _invite(world, "bob")
    begun_ms = only_item(world).virtual_time_ms

    decisions = world.hear(e.OwnerLeft(**_place(world)))

    assert types(decisions)[:2] == ["participant_removed", "work_item_queued"]
    queued = decisions[1]
    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.reason, queued.virtual_time_ms) == (QueueingReason.OWNER_LEFT, begun_ms)


@pytest.mark.parametrize("successor", ["bob", "cem"])
def test_a_successor_must_take_part_in_more_than_watching(world: World, successor: str) -> None:
    """R19: the owner stays the owner."""
    _invite(world, "cem", "monitor")

    refused = refusal(world.hear(e.OwnerLeft(**_place(world), successor_id=successor)))

    assert refused.reason is RefusalReason.UNKNOWN_PARTICIPANT
    assert only_item(world).agent_id == "ann"


def test_a_successor_needs_room_for_the_rest_of_the_weight() -> None:
    """I5: one unit is held already, the other one is not free."""
    agents: dict[str, Part] = {"ann": {}, "bob": {"capacity_units": 1}}
    world = at_work(a_desk_of(agents=agents, **WEIGHTS), "ann", "bob")
    busy(world, "zoe")
    _invite(world, "bob")

    refused = refusal(world.hear(e.OwnerLeft(**_place(world), successor_id="bob")))

    assert refused.reason is RefusalReason.NO_CAPACITY


def test_parked_work_has_no_successor(world: World) -> None:
    """The customer is not there; it can go back to its line."""
    _invite(world, "bob")
    world.hear(e.ParkRequested(**_place(world)))

    refused = refusal(world.hear(e.OwnerLeft(**_place(world), successor_id="bob")))

    assert refused.reason is RefusalReason.ILLEGAL_TRANSITION


def test_closing_frees_all_who_took_part(world: World) -> None:
    """Each gets what waits."""
    _invite(world, "bob")

    assert types(world.hear(e.CloseRequested(**_place(world)))) == [
        "participant_removed",
        "conversation_closed",
        "work_item_completed",
    ]
    assert _load(world, "bob") == 0
