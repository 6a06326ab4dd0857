"""A second matter gets a conversation of its own, and nothing that was said moves."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from services.router.core.entities import ContactPoint, Conversation
from services.router.core.splitting import OPEN_AT_POINT_MAX
from tests.unit.services.router.core.desks import CALLS, a_desk_of, at_work, busy
from tests.unit.services.router.core.promised_desks import a_promising_desk, tells_the_same
from tests.unit.services.router.core.world import (
    DESK,
    TENANT,
    World,
    contact_point,
    offered,
    refusal,
    types,
)


def a_world(**changes: object) -> World:
    """`ann` serves general, `bob` billing."""
    agents = {"ann": {"queues": {"general": 1}}, "bob": {"queues": {"billing": 1}}}
    queues = ({"queue_id": "general"}, {"queue_id": "billing"})
    return at_work(a_desk_of(*queues, agents=agents, **changes), "ann", "bob")


def split(
    world: World, conversation_id: object, queue_id: str | None = "billing"
) -> tuple[d.AnyDecision, ...]:
    """Ann says that there is a second matter."""
    return world.hear(
        e.SplitRequested(
            agent_id="ann", conversation_id=str(conversation_id), queue_id=queue_id, note="a bill"
        )
    )


def split_in(decisions: tuple[d.AnyDecision, ...]) -> d.ConversationSplit:
    """The one split among the decisions."""
    [found] = [one for one in decisions if isinstance(one, d.ConversationSplit)]
    return found


def filed_in(world: World, customer: str) -> str:
    """Where the customer's next message is filed."""
    [filed] = [one for one in world.message(customer) if isinstance(one, d.MessageFiled)]
    return filed.conversation_id


def test_split_opens_a_conversation_that_points_back() -> None:
    """With work in the named queue's line, which can be answered at once."""
    world = a_world()
    old = busy(world, "zoe")["conversation_id"]
    decisions = split(world, old)

    new = split_in(decisions)
    assert (new.from_conversation_id, new.from_sequence, new.agent_id) == (old, 1, "ann")
    assert types(decisions) == [
        "conversation_opened",
        "conversation_split",
        "work_item_queued",
        "reservation_opened",
    ]
    world.accept(offered(decisions))
    said = e.ReplySent(agent_id="bob", conversation_id=new.conversation_id, text="Your bill.")
    [reply] = world.hear(said)
    assert isinstance(reply, d.ReplyFiled)
    assert (reply.sequence, reply.reply_to.address) == (1, "zoe")
    tells_the_same(world)


def test_work_stays_in_the_queue_unless_another_is_named() -> None:
    """The default is the old one's queue."""
    world = a_world()
    decisions = split(world, busy(world, "zoe")["conversation_id"], None)

    [queued] = [one for one in decisions if isinstance(one, d.WorkItemQueued)]
    assert (queued.queue_id, queued.note, queued.by_agent_id) == ("general", "a bill", "ann")


def test_messages_go_on_in_the_older_while_it_is_open_then_in_the_other() -> None:
    """Closing one leaves the other open."""
    world = a_world()
    old = str(busy(world, "zoe")["conversation_id"])
    new = split_in(split(world, old)).conversation_id

    assert filed_in(world, "zoe") == old
    world.hear(e.CloseRequested(agent_id="ann", conversation_id=old))
    assert filed_in(world, "zoe") == new
    tells_the_same(world)


def test_older_stays_when_the_one_split_off_is_closed() -> None:
    """Nothing of the contact point changes but that."""
    world = a_world()
    old = str(busy(world, "zoe")["conversation_id"])
    decisions = split(world, old)
    world.accept(offered(decisions))
    new = split_in(decisions).conversation_id
    world.hear(e.CloseRequested(agent_id="bob", conversation_id=new))

    assert filed_in(world, "zoe") == old
    tells_the_same(world)


def test_customer_who_leaves_leaves_both() -> None:
    """Nobody is left to talk to."""
    world = a_world()
    split(world, busy(world, "zoe")["conversation_id"])
    world.hear(e.ContactEnded(contact_point_id=contact_point("zoe")))

    assert not world.engine.state.tables["conversation"]
    tells_the_same(world)


def test_what_was_split_can_be_merged_again() -> None:
    """The contact point has one conversation open then."""
    world = a_world()
    old = str(busy(world, "zoe")["conversation_id"])
    new = split_in(split(world, old)).conversation_id
    world.hear(e.MergeRequested(agent_id="ann", conversation_id=new, with_conversation_id=old))

    point = world.engine.state.need(ContactPoint, TENANT, DESK, contact_point("zoe"))
    assert (point.conversation_id, point.also_open) == (old, [])
    assert world.engine.state.need(Conversation, old).merged_points == []
    tells_the_same(world)


def test_promises_begin_with_the_split() -> None:
    """It is a matter of its own."""
    world = World(a_promising_desk())
    world.arrives("ann")
    decisions = split(world, busy(world, "zoe")["conversation_id"])

    assert [one for one in decisions if isinstance(one, d.SlaStarted)]
    tells_the_same(world)


@pytest.mark.parametrize(
    ("channel", "queue_id", "reason"),
    [
        ("web_chat", "kitchen", RefusalReason.UNKNOWN_QUEUE),
        ("voice", "billing", RefusalReason.ILLEGAL_TRANSITION),
    ],
)
def test_split_is_refused_with_its_reason(
    channel: str, queue_id: str, reason: RefusalReason
) -> None:
    """A queue that is not there; a call has one line."""
    world = a_world(channels=CALLS)
    conversation_id = busy(world, "zoe", channel=channel)["conversation_id"]

    assert refusal(split(world, conversation_id, queue_id)).reason is reason


def test_contact_point_has_so_many_open_at_most() -> None:
    """The next split is refused."""
    world = a_world()
    conversation_id = busy(world, "zoe")["conversation_id"]
    for _ in range(OPEN_AT_POINT_MAX - 1):
        split(world, conversation_id)

    assert refusal(split(world, conversation_id)).reason is RefusalReason.LIMIT_REACHED
