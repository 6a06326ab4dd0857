"""Two conversations become one because an agent says so: the older goes on, nothing leaks."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import Presence
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Conversation, WorkItem
from tests.unit.services.router.core.desks import Part, a_desk_of, at_work, busy
from tests.unit.services.router.core.promised_desks import tells_the_same
from tests.unit.services.router.core.world import (
    World,
    offered,
    types,
)


def a_world(*agent_ids: str, **changes: object) -> World:
    """One queue; `ann` can carry two, `bob` one."""
    agents = {"ann": {"capacity_units": 2}, "bob": {"capacity_units": 1}}
    return at_work(a_desk_of({"queue_id": "general"}, agents=agents, **changes), *agent_ids)


def merge(
    world: World, agent_id: str, one: str, other: str, *, across: bool = True
) -> tuple[d.AnyDecision, ...]:
    """The agent says that the two are one."""
    return world.hear(
        e.MergeRequested(
            agent_id=agent_id,
            conversation_id=one,
            with_conversation_id=other,
            across_customers=across,
        )
    )


def opened(world: World, customer: str, channel: str = "web_chat") -> str:
    """The conversation that the customer's message opens."""
    [found] = [
        one
        for one in world.message(customer, channel=channel)
        if isinstance(one, d.ConversationOpened)
    ]
    world.now_ms += 1_000
    return found.conversation_id


def merged_in(decisions: tuple[d.AnyDecision, ...]) -> d.ConversationsMerged:
    """The one merge among the decisions."""
    [found] = [one for one in decisions if isinstance(one, d.ConversationsMerged)]
    return found


def item_of(world: World, conversation_id: str) -> WorkItem:
    """The conversation's work."""
    found = world.engine.state.need(Conversation, conversation_id).work_item_id
    return world.engine.state.need(WorkItem, found or "")


def owned(world: World, customer: str, agent_id: str) -> str:
    """The customer's conversation, which this agent has."""
    taken = busy(world, customer)
    world.now_ms += 1_000
    assert taken["agent_id"] == agent_id
    return str(taken["conversation_id"])


def test_older_goes_on_with_its_owner_and_the_other_is_over() -> None:
    """Whichever of the two is named first; whoever had the younger is free for what waits."""
    world = a_world("ann", "bob")
    old = owned(world, "zoe", "ann")
    young = owned(world, "yan", "bob")
    world.presence("ann", Presence.AWAY)
    waiting = opened(world, "xia")
    decisions = merge(world, "bob", young, old)

    merged = merged_in(decisions)
    assert (merged.conversation_id, merged.merged_conversation_id) == (old, young)
    assert (merged.owner_id, merged.merged_owner_id, merged.agent_id) == ("ann", "bob", "bob")
    assert types(decisions) == [
        "work_item_canceled",
        "conversations_merged",
        "reservation_opened",
    ]
    assert offered(decisions).conversation_id == waiting
    assert world.engine.state.get(Conversation, young) is None
    tells_the_same(world)


def test_what_is_written_to_the_merged_one_goes_on_in_the_survivor() -> None:
    """Over either contact point, with one count of places, until the survivor is closed."""
    world = a_world("ann")
    old, young = owned(world, "zoe", "ann"), owned(world, "yan", "ann")
    world.message("yan")
    merge(world, "ann", old, young)
    filed = [
        one
        for customer in ("yan", "zoe")
        for one in world.message(customer)
        if isinstance(one, d.MessageFiled)
    ]

    assert [(one.conversation_id, one.sequence) for one in filed] == [(old, 2), (old, 3)]
    world.hear(e.CloseRequested(agent_id="ann", conversation_id=old))
    for customer in ("yan", "zoe"):
        assert "conversation_opened" in types(world.message(customer))
    tells_the_same(world)


def test_answers_go_to_where_the_customer_was_last() -> None:
    """The younger conversation's address, if that was active later."""
    world = a_world("ann")
    old, young = owned(world, "zoe", "ann"), owned(world, "yan", "ann")
    merge(world, "ann", old, young)
    reply_to = world.engine.state.need(Conversation, old).reply_to

    assert reply_to is not None
    assert reply_to.address == "yan"


def two_queues(*agent_ids: str, general: Part | None = None, **ann: object) -> World:
    """`ann` serves general, `bob` billing, each one at a time."""
    agents: dict[str, Part] = {
        "ann": {"queues": {"general": 1}, "capacity_units": 1, **ann},
        "bob": {"queues": {"billing": 1}, "capacity_units": 1},
    }
    queues = ({"queue_id": "general", **(general or {})}, {"queue_id": "billing"})
    return at_work(a_desk_of(*queues, agents=agents), *agent_ids)


def waits_and_owned(world: World) -> tuple[str, str]:
    """An older conversation that waits in general, and a younger one that bob has."""
    old = opened(world, "zoe")
    young = str(busy(world, "yan", topic="billing")["conversation_id"])
    world.now_ms += 1_000
    return old, young


def test_owner_of_the_younger_goes_on_where_the_older_waits() -> None:
    """Their own is released first, so that they never carry both."""
    world = two_queues("bob")
    old, young = waits_and_owned(world)
    decisions = merge(world, "bob", old, young)

    assert types(decisions) == [
        "work_item_canceled",
        "conversations_merged",
        "reservation_opened",
        "work_item_assigned",
    ]
    assert merged_in(decisions).owner_id is None
    assert item_of(world, old).agent_id == "bob"
    tells_the_same(world)


def test_survivor_that_is_offered_to_others_is_taken_from_them() -> None:
    """They are asked no longer, and free for what waits."""
    world = two_queues("ann", "bob")
    old, young = waits_and_owned(world)
    assert item_of(world, old).state is S.RESERVED
    decisions = merge(world, "bob", old, young)

    assert types(decisions) == [
        "work_item_canceled",
        "conversations_merged",
        "reservation_ended",
        "work_item_queued",
        "reservation_opened",
        "work_item_assigned",
    ]
    assert item_of(world, old).agent_id == "bob"
    tells_the_same(world)


def test_survivor_that_is_offered_to_the_owner_already_is_theirs() -> None:
    """Without another offer."""
    world = a_world("ann")
    old = opened(world, "zoe")
    young = str(busy(world, "yan")["conversation_id"])
    decisions = merge(world, "ann", old, young)

    assert types(decisions) == ["work_item_canceled", "conversations_merged", "work_item_assigned"]
    tells_the_same(world)


def test_direct_queue_gives_the_survivor_at_once() -> None:
    """There is nothing left to accept."""
    world = two_queues("bob", general={"offer": {"mode": "direct"}})
    old, young = waits_and_owned(world)
    merge(world, "bob", old, young)

    assert item_of(world, old).agent_id == "bob"
    tells_the_same(world)


def test_owner_who_has_no_room_for_the_survivor_has_it_kept() -> None:
    """As for a transfer: it is heavier than what they gave up."""
    heavy = at_work(
        a_desk_of(
            {"queue_id": "general"},
            {"queue_id": "billing"},
            agents={
                "ann": {"queues": {"general": 1}},
                "bob": {"queues": {"billing": 1}, "capacity_units": 1},
            },
            channels={"fax": {"weight": 5}},
        ),
        "bob",
    )
    old = opened(heavy, "zoe", channel="fax")
    young = str(busy(heavy, "yan", topic="billing")["conversation_id"])

    assert "hold_opened" in types(merge(heavy, "bob", old, young))
    tells_the_same(heavy)


def test_better_virtual_time_is_kept() -> None:
    """Who waits counts as waiting since the longer of the two waits, with its head start."""
    world = two_queues("ann", "bob")
    old = str(busy(world, "zoe")["conversation_id"])
    world.now_ms += 1_000
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=old))
    young = str(busy(world, "yan", topic="billing")["conversation_id"])
    since_ms = item_of(world, young).waiting_since_ms
    world.presence("ann", Presence.AWAY)
    world.now_ms += 5_000
    decisions = merge(world, "bob", old, young)

    # Ann is away, so what the customer wrote to bob brings the survivor back for bob.
    merged = merged_in(decisions)
    assert (merged.waiting_since_ms, merged.virtual_time_ms) == (since_ms, since_ms)
    assert item_of(world, old).agent_id == "bob"
    tells_the_same(world)


def test_parked_survivor_comes_back_for_its_owner() -> None:
    """The customer wrote to the other one, and its owner has room."""
    world = two_queues("ann", "bob")
    old = str(busy(world, "zoe")["conversation_id"])
    world.now_ms += 1_000
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=old))
    young = str(busy(world, "yan", topic="billing")["conversation_id"])
    decisions = merge(world, "ann", old, young)

    assert types(decisions)[:3] == [
        "work_item_canceled",
        "work_item_resumed",
        "conversations_merged",
    ]
    assert item_of(world, old).state is S.ASSIGNED


def test_two_that_are_parked_stay_parked() -> None:
    """The customer answered neither."""
    world = a_world("ann")
    old, young = owned(world, "zoe", "ann"), owned(world, "yan", "ann")
    for one in (old, young):
        world.hear(e.ParkRequested(agent_id="ann", conversation_id=one))
    merge(world, "ann", old, young)

    assert item_of(world, old).state is S.PARKED
    tells_the_same(world)


def test_participants_and_offers_of_the_merged_one_end() -> None:
    """Whoever was beside, or was asked, is free for what waits."""
    world = a_world("ann", "bob")
    old, young = owned(world, "zoe", "ann"), owned(world, "yan", "bob")
    world.hear(
        e.ParticipantInvited(
            agent_id="bob", conversation_id=young, participant_id="ann", kind="consultant"
        )
    )
    decisions = merge(world, "ann", old, young)

    assert "participant_removed" in types(decisions)
    offered_one = opened(world, "xia")
    assert item_of(world, offered_one).state is S.RESERVED
    assert "reservation_ended" in types(merge(world, "ann", old, offered_one))
    tells_the_same(world)


def test_owner_who_refused_the_survivor_is_not_given_it() -> None:
    """They may be asked again after a while, like everybody (R12)."""
    world = two_queues("ann", "bob")
    old = opened(world, "zoe")
    item = item_of(world, old)
    item.refusals = [("bob", world.now_ms + 60_000)]
    young = str(busy(world, "yan", topic="billing")["conversation_id"])
    merge(world, "bob", old, young)

    assert [agent_id for agent_id, _ in item_of(world, old).offered] == ["ann"]
