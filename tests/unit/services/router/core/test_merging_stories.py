"""Whose conversations are merged, what is never merged, and what it means for promises."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from services.router.core.entities import ContactPoint, Conversation
from services.router.core.merging import MERGED_POINTS_MAX
from tests.unit.services.router.core.desks import CALLS, a_desk_of, at_work, busy
from tests.unit.services.router.core.promised_desks import a_promising_desk, tells_the_same
from tests.unit.services.router.core.test_merging import a_world, merge, owned
from tests.unit.services.router.core.world import DESK, TENANT, World, contact_point, refusal


def test_link_makes_two_conversations_one_customers() -> None:
    """Without it the agent must say that the customers may be two."""
    world = a_world("ann")
    old, young = owned(world, "zoe", "ann"), owned(world, "yan", "ann")
    refused = refusal(merge(world, "ann", old, young, across=False))
    pair = (contact_point("zoe"), contact_point("yan"))
    world.hear(e.ContactPointsLinked(contact_point_ids=pair))

    assert refused.reason is RefusalReason.DIFFERENT_CUSTOMERS
    merge(world, "ann", old, young, across=False)
    assert world.engine.state.get(Conversation, young) is None
    world.hear(e.ContactPointsUnlinked(contact_point_ids=pair))
    [filed] = [one for one in world.message("yan") if isinstance(one, d.MessageFiled)]
    assert filed.conversation_id == old
    tells_the_same(world)


def test_merge_is_refused_with_its_reason() -> None:
    """Itself, what is over, and other people's work; nothing changes."""
    world = a_world("ann")
    old, young = owned(world, "zoe", "ann"), owned(world, "yan", "ann")
    world.arrives("bob")
    found = [
        refusal(merge(world, agent_id, old, other)).reason
        for agent_id, other in (("ann", old), ("bob", young), ("ann", "cnv_gone"))
    ]

    assert found == [
        RefusalReason.ILLEGAL_TRANSITION,
        RefusalReason.NOT_THE_OWNER,
        RefusalReason.UNKNOWN_CONVERSATION,
    ]
    assert world.engine.state.need(Conversation, old).conversation_id == old
    assert world.engine.state.need(Conversation, young).conversation_id == young


def test_call_is_never_merged() -> None:
    """Whichever of the two it is (R18)."""
    agents = {"ann": {"capacity_units": 1}, "bob": {"capacity_units": 1}}
    world = at_work(a_desk_of({"queue_id": "general"}, agents=agents, channels=CALLS), "ann", "bob")
    call = busy(world, "zoe", channel="voice")
    chat = busy(world, "yan")
    refused = refusal(
        merge(world, "ann", str(chat["conversation_id"]), str(call["conversation_id"]))
    )

    assert refused.detail == "a call is never merged"


def test_so_many_contact_points_are_one_conversation_at_most() -> None:
    """The next one is refused."""
    world = a_world("ann")
    old, young = owned(world, "zoe", "ann"), owned(world, "yan", "ann")
    points = [contact_point(f"other-{n}") for n in range(MERGED_POINTS_MAX - 1)]
    world.engine.state.need(Conversation, old).merged_points = points
    for point in points:
        world.engine.state.add(
            ContactPoint(
                tenant_id=TENANT, desk_id=DESK, contact_point_id=point, conversation_id=old
            ),
            *(TENANT, DESK, point),
        )

    assert refusal(merge(world, "ann", old, young)).reason is RefusalReason.LIMIT_REACHED


def test_clocks_of_the_merged_one_end_and_the_survivor_owes_the_answer() -> None:
    """What was asked in the other is answered in the one that goes on."""
    world = World(a_promising_desk())
    world.arrives("ann")
    old = busy(world, "zoe")
    world.now_ms += 1_000
    world.hear(e.ReplySent(**{**old, "text": "Good day."}))
    young = busy(world, "yan")
    decisions = merge(world, "ann", str(old["conversation_id"]), str(young["conversation_id"]))

    clocks = [one for one in decisions if one.type.startswith("sla_")]
    assert [type(one) for one in clocks] == [d.SlaEnded, d.SlaClocksSet]
    tells_the_same(world)


def test_clocks_of_a_merged_one_that_was_answered_just_end() -> None:
    """Nothing is owed that was not before."""
    world = World(a_promising_desk())
    world.arrives("ann")
    old = busy(world, "zoe")
    world.now_ms += 1_000
    young = busy(world, "yan")
    for one in (old, young):
        world.hear(e.ReplySent(**{**one, "text": "Good day."}))
    decisions = merge(world, "ann", str(old["conversation_id"]), str(young["conversation_id"]))

    assert [type(one) for one in decisions if one.type.startswith("sla_")] == [d.SlaEnded]
    tells_the_same(world)


def test_merged_one_without_a_promise_ends_no_clock() -> None:
    """Where a desk promises something, but not to this customer."""
    gold = {"sla_policy_id": "gold", "when": {"channel": ["email"]}, "first_response_s": 100}
    world = World(a_promising_desk(gold))
    world.arrives("ann")
    old = busy(world, "zoe")
    world.now_ms += 1_000
    young = busy(world, "yan")
    decisions = merge(world, "ann", str(old["conversation_id"]), str(young["conversation_id"]))

    assert [one for one in decisions if one.type.startswith("sla_")] == []
    tells_the_same(world)
