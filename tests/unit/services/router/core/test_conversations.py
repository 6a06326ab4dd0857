"""Threads with customers: opened once, continued, answered by their owner alone."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import DeliveryOutcome, ParticipantKind, RefusalReason
from services.router.core import conversations
from services.router.core.entities import Conversation
from tests.unit.services.router.core.world import (
    World,
    a_desk,
    a_message,
    contact_point,
    offered,
    refusal,
    types,
)


def _owned(world: World, customer: str = "zoe") -> d.ReservationOpened:
    world.arrives("ann")
    offer = offered(world.message(customer))
    world.accept(offer)
    return offer


def test_two_messages_a_millisecond_apart_are_one_conversation() -> None:
    """The second message of a customer continues what the first has opened."""
    world = World(a_desk())

    first = world.message("zoe", "Hello")
    second = world.message("zoe", "Anyone?")

    assert types(first) == ["conversation_opened", "message_filed", "work_item_queued"]
    assert types(second) == ["message_filed"]
    filed = [one for one in (*first, *second) if isinstance(one, d.MessageFiled)]
    assert [one.sequence for one in filed] == [1, 2]
    assert filed[0].conversation_id == filed[1].conversation_id


def test_a_repeated_event_decides_nothing() -> None:
    """A provider's repeat has the same id and leaves an empty record."""
    world = World(a_desk())
    world.message("zoe", event_id="same")

    assert world.message("zoe", event_id="same") == ()


def test_a_message_of_a_linked_contact_point_joins_the_most_recent_conversation() -> None:
    """R22: own conversation first, else the linked customer's most recently active one."""
    world = World(a_desk())
    older = offered_conversation(world.message("zoe-mail"))
    world.now_ms += 1_000
    newer = offered_conversation(world.message("zoe-phone"))
    for other in ("zoe-mail", "zoe-phone"):
        world.hear(
            e.ContactPointsLinked(contact_point_ids=(contact_point("zoe"), contact_point(other)))
        )

    assert offered_conversation(world.message("zoe")) == newer
    assert offered_conversation(world.message("zoe-mail")) == older


def offered_conversation(decisions: tuple[d.AnyDecision, ...]) -> str:
    """The conversation that a message was filed in."""
    return next(one.conversation_id for one in decisions if isinstance(one, d.MessageFiled))


def test_the_owner_is_named_with_each_message() -> None:
    """Readers learn whom a new message concerns without keeping state."""
    world = World(a_desk())
    _owned(world)

    [filed] = world.message("zoe", "And another thing")

    assert isinstance(filed, d.MessageFiled)
    assert filed.owner_id == "ann"


def test_the_owners_reply_goes_to_where_the_customer_wrote_last() -> None:
    """A reply is filed with its place and the address of the last message."""
    world = World(a_desk())
    offer = _owned(world)

    [reply] = world.hear(
        e.ReplySent(agent_id="ann", conversation_id=offer.conversation_id, text="Yes.")
    )

    assert isinstance(reply, d.ReplyFiled)
    assert reply.sequence == 2
    assert reply.reply_to.address == "zoe"


@pytest.mark.parametrize("agent_id", ["bob", "stranger"])
def test_only_the_owner_may_answer(agent_id: str) -> None:
    """A reply of anyone else is refused and changes nothing."""
    world = World(a_desk())
    offer = _owned(world)
    before = world.engine.state.documents()

    said = e.ReplySent(agent_id=agent_id, conversation_id=offer.conversation_id, text="No.")
    refused = refusal(world.hear(said))

    assert refused.reason is RefusalReason.NOT_THE_OWNER
    assert _without_memory(world) == [one for one in before if one.kind != "remembered_ids"]


def _without_memory(world: World) -> list[object]:
    return [one for one in world.engine.state.documents() if one.kind != "remembered_ids"]


def test_a_reply_to_an_unknown_conversation_is_refused() -> None:
    """Nothing is delivered to where nobody has written from."""
    world = World(a_desk())

    said = e.ReplySent(agent_id="ann", conversation_id="cnv_none", text="?")

    assert refusal(world.hear(said)).reason is RefusalReason.UNKNOWN_CONVERSATION


def test_a_conversation_without_an_item_has_no_owner() -> None:
    """Between closing and gone there is nobody to answer for it."""
    world = World(a_desk())
    offer = _owned(world)
    conversation = world.engine.state.need(Conversation, offer.conversation_id)
    conversation.work_item_id = None

    said = e.ReplySent(agent_id="ann", conversation_id=offer.conversation_id, text="?")

    assert refusal(world.hear(said)).reason is RefusalReason.NOT_THE_OWNER


def test_a_conversation_without_an_address_can_not_be_answered() -> None:
    """A reply needs somewhere to go."""
    world = World(a_desk())
    offer = _owned(world)
    world.engine.state.need(Conversation, offer.conversation_id).reply_to = None

    said = e.ReplySent(agent_id="ann", conversation_id=offer.conversation_id, text="?")

    assert refusal(world.hear(said)).reason is RefusalReason.UNKNOWN_CONVERSATION


def test_more_open_conversations_than_the_limit_are_refused_visibly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over the limit a message is dead-lettered, never dropped."""
    monkeypatch.setattr(conversations, "OPEN_CONVERSATIONS_MAX", 1)
    world = World(a_desk())
    world.message("zoe")

    assert refusal(world.message("yan")).reason is RefusalReason.LIMIT_REACHED


def test_a_delivery_report_is_filed_for_a_closed_conversation_too() -> None:
    """Reports come late; the transcript still learns of them."""
    world = World(a_desk())

    report = e.DeliveryReported(
        conversation_id="cnv_gone", reply_id="r1", outcome=DeliveryOutcome.FAILED, attempt=3
    )

    assert types(world.hear(report)) == ["delivery_filed"]


def test_a_delivery_report_names_the_owner() -> None:
    """The agent who answered hears what became of it."""
    world = World(a_desk())
    offer = _owned(world)

    report = e.DeliveryReported(
        conversation_id=offer.conversation_id,
        reply_id="r1",
        outcome=DeliveryOutcome.SENT,
        attempt=1,
    )
    [filed] = world.hear(report)

    assert isinstance(filed, d.DeliveryFiled)
    assert filed.agent_id == "ann"


def test_a_rule_sends_the_message_to_its_queue_with_its_head_start() -> None:
    """The first rule that holds decides; credit counts as time already waited (R4)."""
    world = World(a_desk(policies={"max_credit_s": 60}))

    decisions = world.message("zoe", topic="billing")

    queued = next(one for one in decisions if isinstance(one, d.WorkItemQueued))
    assert (queued.queue_id, queued.rule_id, queued.strict_class) == ("billing", "bills", 3)
    assert queued.requires == {"billing": 2}
    assert queued.virtual_time_ms == world.now_ms - 60_000


def test_a_route_may_ask_for_more_than_its_queue() -> None:
    """The higher of the two levels holds."""
    route = {"queue": "billing", "requires": {"billing": 4, "russian": 1}}
    world = World(a_desk(rules=[], default=route))

    decisions = world.message("zoe")

    queued = next(one for one in decisions if isinstance(one, d.WorkItemQueued))
    assert queued.requires == {"billing": 4, "russian": 1}


def test_participants_read_along() -> None:
    """R19: what is said names those beside the owner, until they leave."""
    world = World(a_desk())
    for agent_id in ("ann", "bob"):
        world.arrives(agent_id)
    offer = offered(world.message("zoe"))
    world.accept(offer)
    other = "bob" if offer.agent_id == "ann" else "ann"
    owner, conversation = offer.agent_id, offer.conversation_id
    invited = e.ParticipantInvited(
        agent_id=owner,
        conversation_id=conversation,
        participant_id=other,
        kind=ParticipantKind.CONSULTANT,
    )
    world.hear(invited)

    filed = world.hear(a_message("zoe", "More?"))[0]
    replied = world.hear(e.ReplySent(agent_id=owner, conversation_id=conversation, text="Yes"))[0]
    world.hear(e.ParticipantLeft(agent_id=other, conversation_id=conversation))
    later = world.hear(e.ReplySent(agent_id=owner, conversation_id=conversation, text="Bye"))[0]

    assert isinstance(filed, d.MessageFiled)
    assert isinstance(replied, d.ReplyFiled)
    assert isinstance(later, d.ReplyFiled)
    assert filed.participant_ids == replied.participant_ids == (other,)
    assert later.participant_ids == ()
